# shellcheck shell=bash
# What the setups in cases/ make their fixtures with. Everything is the same on each run.

# bundle ID [VERSION]: a sound bundle in ./ID.
bundle() {
  local id=$1 version=${2:-1.0.0}
  mkdir -p "$id"
  manifest "$id" "$version" >"$id/addon.yaml"
  service "$id" >"$id/addon-$id.service"
  printf '#!/bin/sh\n# %s %s\nexec sleep infinity\n' "$id" "$version" >"$id/$id"
  chmod 0755 "$id/$id"
}

manifest() {
  local id=$1 version=$2
  cat <<END
id: $id
name: Test add-on $id
version: $version
description: Made for a test
kind: native
delivery: pushed-artifact
supervision: systemd-service
capabilities: [testing]
requires:
  agent_capabilities: []
  platforms: [linux]
  os_capabilities: [CAP_NET_RAW]
  run_as: probe
exec: {binary: $id, install_path: /usr/local/lib/addons}
config_schema: addon.yaml
END
}

# sidecar ID [VERSION]: a bundle of a program that the agent starts, in ./ID.
sidecar() {
  bundle "$@"
  rm "$1/addon-$1.service"
  edit "$1/addon.yaml" 's/^supervision:.*/supervision: agent-sidecar/'
}

# toggle ID [VERSION]: a bundle of what is compiled into the agent, in ./ID.
toggle() {
  sidecar "$@"
  rm "$1/$1"
  edit "$1/addon.yaml" 's/^supervision:.*/supervision: config-toggle/' 's/^delivery:.*/delivery: compiled-in/' \
    '/os_capabilities/d'
}

# allow_models: policy lines for both, in ./host.
allow_models() {
  edit host/etc/addonctl/policy.yaml 's/^supervision:.*/supervision: {allow: [systemd-service, agent-sidecar, config-toggle]}/' \
    's/^delivery:.*/delivery: {allow: [pushed-artifact, compiled-in]}/'
}

service() {
  local id=$1
  cat <<END
[Unit]
Description=Test add-on $id

[Service]
ExecStart=/opt/addons/$id/current/$id
User=probe
CapabilityBoundingSet=CAP_NET_RAW
ProtectSystem=strict

[Install]
WantedBy=multi-user.target
END
}

policy() {
  cat <<'END'
policy: test
version: 1
capabilities:
  allow: [CAP_NET_BIND_SERVICE]
  deny: [CAP_SYS_ADMIN]
supervision: {allow: [systemd-service, systemd-timer]}
delivery: {allow: [pushed-artifact]}
run_as: {allow: [probe]}
units:
  names: ["addon-*.service", "addon-*.timer"]
grants:
  - name: probes
    match: {id: [probe, other]}
    capabilities: {allow: [CAP_NET_RAW]}
    reason: raw sockets
END
}

# host: a root directory in ./host, with the policy above and a user called probe.
host() {
  mkdir -p host/etc/addonctl host/etc/systemd/system host/opt host/var/lib host/run host/usr/lib/systemd/system
  printf 'root:x:0:0::/root:/bin/sh\nprobe:x:990:990::/nonexistent:/usr/sbin/nologin\n' >host/etc/passwd
  policy >host/etc/addonctl/policy.yaml
}

# keys NAME...: ./NAME.pub and ./NAME.key, by minisign, without a password.
keys() {
  local name
  for name; do minisign -G -W -f -p "$name.pub" -s "$name.key"; done
}

# signs KEY BUNDLE COMMENT [OPTION...]: what docs/author.md says, with options of minisign.
signs() {
  addonctl bundle digests "$2" >list
  minisign -S -s "$1.key" -m list -x "$2/addon.yaml.minisig" -t "$3" "${@:4}" >/dev/null
}

# trusts NAME...: these keys and no others are trusted by ./host.
trusts() {
  local name
  rm -rf host/etc/addonctl/trusted-keys && mkdir host/etc/addonctl/trusted-keys
  for name; do cp "$name.pub" host/etc/addonctl/trusted-keys; done
}

# edit FILE SED-EXPRESSION...
edit() {
  local file=$1 expression
  shift
  for expression; do sed -i -E "$expression" "$file"; done
}

# bad NAME SED-EXPRESSION...: ./NAME.addon.yaml, a sound manifest edited to have one fault.
bad() {
  local name=$1
  shift
  manifest probe 1.0.0 >"$name.addon.yaml"
  edit "$name.addon.yaml" "$@"
}

# bad_unit ID SED-EXPRESSION...: a bundle whose unit is edited to have one fault.
bad_unit() {
  local id=$1
  shift
  bundle "$id"
  edit "$id/addon-$id.service" "$@"
}

# try ARGUMENT...: one of several commands, with all that it says and how it ends.
try() {
  local exit=0
  printf '$ addonctl %s\n' "$*"
  addonctl "$@" 2>&1 || exit=$?
  ((exit == 0)) || echo "[exit $exit]"
  echo
}

# packaged ID [VERSION-CONSTRAINT]: an os-package bundle in ./ID; its package is called ID.
packaged() {
  local id=$1 constraint=${2:+, version: \"$2\"}
  bundle "$id"
  rm "$id/$id" "$id/addon-$id.service"
  edit "$id/addon.yaml" 's/pushed-artifact/os-package/; s/\[CAP_NET_RAW\]/[]/' \
    "s/^requires:/&\n  package: {name: $id$constraint}/"
}

# deb ID VERSION [STATUS]: an entry in the host's package database, and what the package brings.
deb() {
  local id=$1 version=$2 info=host/var/lib/dpkg/info
  mkdir -p "$info" host/var/lib/dpkg/updates "host/usr/lib/$id"
  [[ -e host/var/lib/dpkg/info/format ]] || echo 1 >host/var/lib/dpkg/info/format
  printf 'Package: %s\nStatus: %s\nMaintainer: n\nArchitecture: all\nVersion: %s\nDescription: d\n\n' \
    "$id" "${3:-install ok installed}" "$version" >>host/var/lib/dpkg/status
  service "$id" | sed "s|/opt/addons/$id/current|/usr/lib/$id|" >"host/usr/lib/systemd/system/addon-$id.service"
  printf '/.\n/usr\n/usr/lib/%s\n/usr/lib/%s/%s\n/usr/lib/systemd/system/addon-%s.service\n' "$id" "$id" "$id" "$id" \
    >"$info/$id.list"
}

# doctor [ARGUMENT...]: what it says of ./host. How much room the disk of this machine has, and whether somebody keeps its
# clock, is replaced.
doctor() {
  local exit=0
  echo "\$ addonctl --root host doctor $*"
  addonctl --root host doctor "$@" 2>&1 | sed -E 's/[0-9.]+ GiB are left/ROOM are left/' |
    sed -E '/^ok +clock/{N;s/\n +/ /;s/is (right, as far|later than all).*/IS SOUND/}' || true
  exit=${PIPESTATUS[0]}
  ((exit == 0)) || echo "[exit $exit]"
  echo
}

# finds CHECK [COMMAND...]: what doctor says of that check only, once the command was run.
finds() {
  local check=$1
  shift
  (($# == 0)) || "$@"
  printf '$ %s\n' "${*:-as it is}"
  addonctl --root host doctor --format json | jq -r --arg check "$check" '.checks[] | select(.check == $check and .status != "ok") |
    "\(.status) \(.check): \(.message)\n  fix: \(.fix)"'
  echo
}
