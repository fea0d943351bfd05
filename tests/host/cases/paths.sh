# shellcheck shell=bash
# Names that are not safe, and links where directories should be: refused, and what lies outside is
# not touched.

# Something outside that a link could lead to, shaped like an add-on's tree.
make_outside() {
  host_run sh -c '
    mkdir -p /root/outside/versions/1.0.0
    cp /usr/bin/sleep /root/outside/versions/1.0.0/probe
    cp /usr/bin/sleep /root/outside/probe
    chmod 0700 /root/outside/probe /root/outside/versions/1.0.0/probe
    setcap cap_net_raw=ep /root/outside/probe
    ln -s versions/1.0.0 /root/outside/current'
  OUTSIDE=$(snapshot /root/outside)
}
expect_outside_untouched() { expect_same "$OUTSIDE" "$(snapshot /root/outside)" "what is outside"; }

expect_invalid_bundle() {
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_absent $ADDONS
  expect_absent /opt/etc
}

case_unsafe_ids_are_invalid_and_create_nothing() {
  local id
  for id in ../etc .. . a/b 'a\\b' -probe Probe '""' '"probe\n"' '"pro\0be"' "$(printf 'p%.0s' {1..65})"; do
    make_bundle unsafe-id "$id" 1.0.0 unit=addon-probe.service binary=probe
    expect_invalid_bundle
  done
}

case_unsafe_versions_are_invalid_and_create_nothing() {
  local version
  for version in ../1.0.0 1.0.0/../../.. .. v1.0.0 1.0 '""' '"1.0.0\n"' '1.0.0-ä'; do
    make_bundle unsafe-version probe "$version"
    expect_invalid_bundle
  done
}

case_unsafe_binary_names_are_invalid_and_create_nothing() {
  local binary
  for binary in ../evil /bin/sh sub/probe .. '""' '"probe\n"'; do
    make_bundle unsafe-binary probe 1.0.0
    host_run sed -i "s|binary: probe|binary: $(printf %s "$binary" | sed 's/\\/\\\\/g')|" "$BUNDLE/addon.yaml"
    expect_invalid_bundle
  done
}

case_unsafe_unit_names_are_invalid_and_create_nothing() {
  local unit
  for unit in ../addon-x.service sub/addon-x.service addon-x.conf addon-x -addon.service addon-a,addon-b.service \
    '""' '"addon-x.service\n"' '"addon x.service"' addon-x@.service; do
    make_bundle unsafe-unit probe 1.0.0 manifest="systemd: {units: [$(printf %s "$unit" | sed 's/\\/\\\\/g')]}"
    expect_invalid_bundle
  done
}

case_a_link_at_any_depth_of_the_tree_is_refused_on_first_install() {
  local place
  make_good probe 1.0.0
  for place in $ADDONS $ADDONS/probe $ADDONS/probe/versions $ADDONS/probe/versions/1.0.0 $ADDONS/probe/current; do
    host_run rm -rf $ADDONS /root/outside
    make_outside
    host_run mkdir -p "$(dirname "$place")"
    host_run ln -s /root/outside "$place"
    echo "--- $place -> /root/outside"
    expect_refused 1 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "$place"
    expect_outside_untouched
  done
}

case_a_link_at_any_depth_of_the_tree_is_refused_on_upgrade() {
  local place
  for place in $ADDONS $ADDONS/probe $ADDONS/probe/versions $ADDONS/probe/versions/1.1.0; do
    host_clean
    make_good probe 1.0.0
    apply "$BUNDLE"
    make_outside
    make_good probe 1.1.0
    if host_run test -e "$place"; then host_run mv "$place" /root/work/moved; fi
    host_run ln -s /root/outside "$place"
    echo "--- $place -> /root/outside"
    expect_refused 1 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "$place"
    expect_outside_untouched
  done
}

case_a_tampered_current_is_refused() {
  local target
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0
  make_outside
  for target in /root/outside ../../../root/outside versions/../../../../root/outside versions /opt/addons/probe/versions/1.0.0; do
    host_run ln -sfn "$target" $ADDONS/probe/current
    expect_refused 1 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" $ADDONS/probe/current
    expect_outside_untouched
  done
}

case_a_binary_replaced_by_a_link_takes_no_capability_from_what_it_points_at() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_outside
  host_run ln -sf /root/outside/probe $ADDONS/probe/versions/1.0.0/probe
  make_good probe 1.1.0
  host_run addonctl apply --yes "$BUNDLE" || true
  host_run addonctl remove --yes probe || true
  expect_outside_untouched
}

case_a_unit_replaced_by_a_link_is_not_written_through() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_outside
  host_run ln -sf /root/outside/probe $UNITS/addon-probe.service
  make_good probe 1.1.0 args=1000000
  host_run addonctl apply --yes "$BUNDLE" || true
  expect_outside_untouched
}

case_what_is_not_a_plain_file_has_no_place_in_a_bundle() {
  local kind
  for kind in symlink hardlink fifo setuid setgid xattr; do
    rm -rf "$HOST_ROOT$BUNDLES"/*
    make_good probe 1.0.0
    host_run sh -c 'cd "$2" && case $1 in
      symlink) ln -s /etc/shadow extra ;;
      hardlink) ln probe /root/work/other-name ;;
      fifo) mkfifo extra ;;
      setuid) chmod u+s probe ;;
      setgid) chmod g+s probe ;;
      xattr) setcap cap_sys_admin=ep probe ;;
    esac' sh "$kind" "$BUNDLE"
    echo "--- $kind"
    expect_invalid_bundle
  done
}

case_a_disk_that_has_no_room_for_it_is_seen_before_anything_is_changed() {
  make_good probe 1.0.0
  host_run sh -c 'mkdir -p /opt/addons; mount -t tmpfs -o mode=0755,size=96k none /opt/addons'
  expect_refused 8 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "the filesystem of /opt/addons has 96.0 KiB left, and "
  host_run umount /opt/addons
  apply "$BUNDLE"
}

# fails_at CALL ERROR PATH COMMAND…: what PATH is opened as fails with that error.
fails_at() { echo strace -f -qq -o /dev/null -P "$3" -e "trace=$1" -e "inject=$1:error=$2" "${@:4}"; }

case_a_file_that_the_disk_cannot_give_is_the_hosts_fault() {
  local file
  make_good probe 1.0.0
  for file in addon.yaml addon-probe.service probe; do
    # shellcheck disable=SC2046 # words of a command
    expect_refused 1 $(fails_at read EIO "$BUNDLE/$file" addonctl apply --yes "$BUNDLE")
    expect_contains "$ERR" "error[host-read-failed]"
    expect_contains "$ERR" "fix: look into the kernel's log"
    expect_contains "$ERR" "$BUNDLE/$file"
    expect_eq "$(grep -c '^error' <<<"$ERR")" 1 "the number of findings"
  done
}

case_a_unit_that_may_not_be_read_is_one_finding() {
  make_good probe 1.0.0
  host_run sh -c "chmod a+x /root; chmod -R a+rX /root/bundles; chmod 0600 $BUNDLE/addon-probe.service"
  expect_exit 3 setpriv --reuid operator --regid operator --clear-groups addonctl lint "$BUNDLE"
  host_run chmod 0700 /root
  expect_contains "$OUT" "bundle-unreadable"
  expect_eq "$(grep -c '^error' <<<"$OUT")" 1 "the number of findings"
}

case_no_capabilities_for_what_is_read_as_something_else() {
  local binary
  for binary in addon.yaml addon-probe.service config.schema.json; do
    make_good probe 1.0.0
    sed -i "s/^exec: .*/exec: {binary: $binary}/" "$HOST_ROOT$BUNDLE/addon.yaml"
    expect_refused 3 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "exec-no-program"
    expect_contains "$ERR" "$BUNDLE/addon.yaml:13:"
    expect_eq "$(grep -c '^error' <<<"$ERR")" 1 "the number of findings"
  done
}
