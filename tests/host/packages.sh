# shellcheck shell=bash
# Real packages for the cases, built in the host by dpkg-deb and rpmbuild. Sourced by cases that need them.

PACKAGES=/root/packages
PACKAGED_UNITS=/usr/lib/systemd/system

# tool_tree DIRECTORY VERSION [KEY=VALUE…]: what a package brings, in a directory of the host.
#   name=addon-tool         of the package, its program and its unit
#   user=addon-probe        User=
#   program=/usr/bin/sleep  what its program is a copy of
#   args=infinity           what ExecStart passes to it
#   service=                further lines of [Service], "\n" between them
#   timer=                  OnCalendar=; adds a timer
tool_tree() {
  local tree=$HOST_ROOT$1 version=$2 pair name=addon-tool user=addon-probe program=/usr/bin/sleep args=infinity
  local service='' timer=''
  for pair in "${@:3}"; do printf -v "${pair%%=*}" %s "${pair#*=}"; done
  rm -rf "$tree"
  mkdir -p "$tree$PACKAGED_UNITS" "$tree/usr/lib/$name"
  { cat "$program" && echo "$name $version"; } >"$tree/usr/lib/$name/$name"
  chmod 0755 "$tree/usr/lib/$name/$name"
  [[ -z $timer ]] || service+='\nType=oneshot'
  {
    printf '[Unit]\nDescription=Packaged %s %s\n\n[Service]\nUser=%s\n' "$name" "$version" "$user"
    printf 'ExecStart=/usr/lib/%s/%s %s\n%b\n' "$name" "$name" "$args" "$service"
    [[ -n $timer ]] || printf '[Install]\nWantedBy=multi-user.target\n'
  } >"$tree$PACKAGED_UNITS/$name.service"
  [[ -z $timer ]] || printf '[Timer]\nOnCalendar=%s\n[Install]\nWantedBy=timers.target\n' "$timer" \
    >"$tree$PACKAGED_UNITS/$name.timer"
  chmod -R u=rwX,go=rX "$tree"
}

# deb VERSION [KEY=VALUE…]: a Debian package, its path in the host in DEB. Besides those of tool_tree:
#   postinst=               a script that dpkg runs
deb() {
  local version=$1 pair name=addon-tool postinst=''
  for pair in "${@:2}"; do [[ $pair != @(name|postinst)=* ]] || printf -v "${pair%%=*}" %s "${pair#*=}"; done
  local tree=$PACKAGES/deb-$name-$version
  tool_tree "$tree" "$version" "${@:2}"
  mkdir "$HOST_ROOT$tree/DEBIAN" "$HOST_ROOT$tree/etc"
  echo "a setting" >"$HOST_ROOT$tree/etc/$name.conf"
  echo "/etc/$name.conf" >"$HOST_ROOT$tree/DEBIAN/conffiles"
  cat >"$HOST_ROOT$tree/DEBIAN/control" <<END
Package: $name
Version: $version
Architecture: all
Maintainer: Nobody <nobody@example.com>
Description: made for a test
END
  [[ -z $postinst ]] || install -m 0755 <(printf '#!/bin/sh\n%s\n' "$postinst") "$HOST_ROOT$tree/DEBIAN/postinst"
  DEB=$tree.deb
  host_run dpkg-deb --root-owner-group --build -Znone "$tree" "$DEB" >/dev/null
}

install_deb() {
  deb "$@"
  host_run dpkg --install "$DEB" >/dev/null
  host_run systemctl daemon-reload
}

# install_rpm VERSION RELEASE [KEY=VALUE…]: builds and installs an RPM package. Besides those of tool_tree:
#   epoch=
install_rpm() {
  local version=$1 release=$2 pair name=addon-tool epoch=''
  for pair in "${@:3}"; do [[ $pair != @(name|epoch)=* ]] || printf -v "${pair%%=*}" %s "${pair#*=}"; done
  local tree=$PACKAGES/rpm-$name-$version
  tool_tree "$tree" "$version" "${@:3}"
  cat >"$HOST_ROOT$tree.spec" <<END
Name: $name
Version: $version
Release: $release
${epoch:+Epoch: $epoch}
Summary: made for a test
License: none
%description
Made for a test.
%install
cp -a $tree/usr %{buildroot}/
%files
/usr/lib/$name
$PACKAGED_UNITS/$name.service
END
  host_run rpmbuild -bb --quiet --define "_topdir $PACKAGES/rpmbuild" --define "_build_id_links none" \
    --define "__os_install_post %{nil}" --define "debug_package %{nil}" --define "_binary_payload w0.gzdio" "$tree.spec" >/dev/null
  host_run rpm --dbpath /var/lib/rpm --install --force --nodeps \
    "$PACKAGES/rpmbuild/RPMS/$(uname -m)/$name-$version-$release.$(uname -m).rpm" >/dev/null
  host_run systemctl daemon-reload
}

# package_bundle VERSION [KEY=VALUE…]: an os-package bundle, its path in BUNDLE.
#   wants=                  requires.package.version
#   package=addon-tool      requires.package.name
#   supervision=systemd-service
#   manifest=               further lines, "\n" between them
package_bundle() {
  local version=$1 pair wants='' package=addon-tool supervision=systemd-service manifest=''
  for pair in "${@:2}"; do printf -v "${pair%%=*}" %s "${pair#*=}"; done
  BUNDLE=$BUNDLES/tool-$version
  mkdir -p "$HOST_ROOT$BUNDLE"
  cat >"$HOST_ROOT$BUNDLE/addon.yaml" <<END
id: tool
name: A packaged tool
version: $version
kind: native
delivery: os-package
supervision: $supervision
capabilities: [test]
requires:
  agent_capabilities: []
  platforms: [linux]
  os_capabilities: []
  run_as: addon-probe
  package: {name: $package${wants:+, version: \"$wants\"}}
exec: {binary: addon-tool, install_path: /usr/lib/addon-tool}
health: {timeout: 10s, stable_for: 50ms}
config_schema: config.schema.json
END
  [[ -z $manifest ]] || printf '%b\n' "$manifest" >>"$HOST_ROOT$BUNDLE/addon.yaml"
  echo '{"type": "object"}' >"$HOST_ROOT$BUNDLE/config.schema.json"
}

allow_packages() {
  mkdir -p "$HOST_ROOT/etc/addonctl/policy.d"
  cat >"$HOST_ROOT/etc/addonctl/policy.d/packages.yaml" <<'END'
policy: packages
delivery: {allow: [os-package]}
supervision: {allow: [agent-sidecar]}
units: {exec_paths: ["/usr/lib/addon-tool/*"]}
END
}

# By the package managers' own means; config files, too.
remove_test_packages() {
  host_run sh -c '
    systemctl stop addon-tool.service addon-tool.timer 2>/dev/null
    dpkg-query --show "addon-tool*" >/dev/null 2>&1 && dpkg --purge --force-all addon-tool >/dev/null 2>&1
    rm -rf /var/lib/rpm /root/packages /usr/lib/addon-tool /usr/lib/systemd/system/addon-tool.*
    mkdir -p /var/lib/rpm
    systemctl daemon-reload' || true
}

expect_not_activated() {
  expect_disabled addon-tool.service
  expect_inactive addon-tool.service
}
