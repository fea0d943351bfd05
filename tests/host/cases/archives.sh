# shellcheck shell=bash
# Bundles that are archives: the same host as from the directory, nothing left of what is refused or cut off.

# pack NAME SUFFIX: the bundle BUNDLE as /root/bundles/NAME.SUFFIX, by addonctl itself.
pack() {
  ARCHIVE=$BUNDLES/$1
  expect_exit 0 addonctl bundle build "$BUNDLE" -o "$ARCHIVE" --force
}

# What is unpacked, wherever it may be.
expect_nothing_incoming() {
  expect_eq "$(host_run sh -c 'find / /opt /opt/addons -maxdepth 1 -name ".addonctl-incoming-*" 2>/dev/null')" "" \
    "what is left of an archive"
}

case_an_archive_is_installed_as_its_directory_is() {
  local suffix wanted
  make_good probe 1.0.0
  apply "$BUNDLE"
  wanted=$(snapshot_installed)
  for suffix in tar.gz tar.zst; do
    host_clean
    make_good probe 1.0.0
    pack "probe.$suffix"
    apply "$ARCHIVE"
    expect_same "$wanted" "$(snapshot_installed)" "the host from a .$suffix"
    expect_running probe 1.0.0 cap_net_raw
    expect_nothing_incoming
    expect_exit 0 addonctl verify
  done
}

case_an_archive_of_what_is_installed_changes_nothing() {
  local before
  make_good probe 1.0.0
  pack probe.tar.zst
  apply "$BUNDLE"
  before=$(snapshot)
  apply "$ARCHIVE"
  expect_contains "$OUT" "No changes."
  expect_same "$before" "$(snapshot)"
  expect_nothing_incoming
}

case_a_saved_plan_of_an_archive_is_applied_and_bound_to_its_bytes() {
  make_good probe 1.0.0
  pack probe.tar.gz
  expect_exit 0 addonctl plan "$ARCHIVE" -o /root/work/plan.json
  make_good probe 1.0.0 args=3600
  pack probe.tar.gz
  expect_refused 6 addonctl apply /root/work/plan.json
  expect_nothing_incoming
  make_good probe 1.0.0
  pack probe.tar.gz
  expect_exit 0 addonctl apply /root/work/plan.json
  expect_running probe 1.0.0 cap_net_raw
}

case_an_archive_that_is_refused_leaves_nothing() {
  local name
  make_good probe 1.0.0
  host_run sh -c "cd $BUNDLE && ln -s /etc/shadow link && tar -czf ../link.tar.gz addon.yaml * && rm link
    mkfifo pipe && tar -czf ../pipe.tar.gz addon.yaml * && rm pipe
    tar -czf ../dot.tar.gz .
    tar -czPf ../up.tar.gz --transform 's,^probe\$,../probe,' addon.yaml *
    tar -czf ../last.tar.gz config.schema.json probe addon-probe.service addon.yaml
    tar -czf ../cut.tar.gz addon.yaml * && truncate -s -1 ../cut.tar.gz
    chmod u+s probe && tar -czf ../setid.tar.gz addon.yaml * && chmod u-s probe
    setfattr -n user.x -v y probe 2>/dev/null || setcap cap_net_raw=ep probe
    tar -cf - --xattrs --xattrs-include='*' addon.yaml * | gzip >../xattr.tar.gz"
  for name in link pipe dot up last cut setid xattr; do
    expect_refused 3 addonctl apply --yes "$BUNDLES/$name.tar.gz"
    expect_contains "$ERR" "$BUNDLES/$name.tar.gz"
    expect_nothing_incoming
  done
}

case_an_archive_of_more_than_policy_allows_is_not_written() {
  make_good probe 1.0.0
  host_run sh -c "head -c 3000000 /dev/urandom >$BUNDLE/data"
  pack probe.tar.zst
  echo 'limits: {artifact_bytes: 1MiB}' >>"$HOST_ROOT/etc/addonctl/policy.yaml"
  expect_refused 4 addonctl apply --yes "$ARCHIVE"
  expect_contains "$ERR" "policy-limit"
  expect_nothing_incoming
}

case_an_archive_for_which_there_is_no_room_changes_nothing() {
  make_good probe 1.0.0
  host_run sh -c "head -c 3000000 /dev/urandom >$BUNDLE/data; mkdir -p /opt/addons
    mount -t tmpfs -o mode=0755,size=1m none /opt/addons"
  pack probe.tar.zst
  expect_refused 8 addonctl apply --yes "$ARCHIVE"
  expect_contains "$ERR" "nothing was changed"
  expect_nothing_incoming
  host_run umount /opt/addons
  apply "$ARCHIVE"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_run_that_is_killed_while_it_unpacks_or_stages_is_undone() {
  local call at old kills=0
  make_good probe 1.0.0
  pack probe.tar.zst
  old=$(snapshot_installed)
  for call in mkdirat write fchown fsync renameat2; do
    for ((at = 1; at <= 12; at += 3)); do
      local status=0
      host_run strace -f -qq -o /dev/null -e trace=$call -e "inject=$call:signal=KILL:when=$at" \
        addonctl apply --yes "$ARCHIVE" >/dev/null 2>&1 </dev/null || status=$?
      ((status == 137)) || break
      kills=$((kills + 1))
      expect_exit 0 addonctl recover
      expect_nothing_incoming
      if [[ $ERR == *"it had been committed"* ]]; then
        expect_running probe 1.0.0 cap_net_raw
        break 2
      fi
      expect_same "$old" "$(snapshot_installed)" "the host, killed at $call $at"
    done
  done
  ((kills > 8)) || fail "killed $kills times only"
  apply "$ARCHIVE"
  expect_running probe 1.0.0 cap_net_raw
}

case_an_archive_that_is_cut_off_while_it_is_read_changes_nothing() {
  make_good probe 1.0.0
  host_run sh -c "head -c 3000000 /dev/urandom >$BUNDLE/data"
  pack probe.tar.zst
  # The second of its reads finds a file that somebody has just begun to write anew.
  host_run sh -c "(while [ ! -e /root/work/stop ]; do cp $ARCHIVE /root/work/whole; : >$ARCHIVE; cat /root/work/whole >$ARCHIVE; done) &
    for i in 1 2 3 4 5 6 7 8 9 10; do addonctl plan $ARCHIVE >/dev/null 2>>/root/work/err; echo \$? >>/root/work/exits; done
    touch /root/work/stop; wait"
  # Either it was whole, or it is refused: nothing else.
  expect_eq "$(host_run sh -c 'sort -u /root/work/exits | grep -vx -e 0 -e 3 || true')" "" "other exits"
  expect_nothing_incoming
}

case_the_artifact_of_this_platform_is_installed_and_pinned() {
  local arch other sum
  case $(uname -m) in
    x86_64) arch=amd64 other=arm64 ;;
    aarch64) arch=arm64 other=amd64 ;;
    *) return 0 ;;
  esac
  make_good probe 1.0.0
  pack probe-here.tar.gz
  sum=$(host_run sha256sum "$ARCHIVE" | cut -d ' ' -f 1)
  host_run sh -c "mkdir /root/bundles/release && cp $BUNDLE/addon.yaml /root/bundles/release/ && cp $ARCHIVE /root/bundles/release/
    printf 'artifacts:\n  - {os: linux, arch: $other, object_key: releases/probe-there.tar.gz, sha256: %s}\n  - {os: linux, arch: $arch, object_key: releases/probe-here.tar.gz, sha256: $sum}\n' \
      $(printf 0%.0s {1..64}) >>/root/bundles/release/addon.yaml"
  apply /root/bundles/release/addon.yaml
  expect_running probe 1.0.0 cap_net_raw
  expect_exit 0 addonctl remove --yes probe
  host_run sh -c 'printf x >>/root/bundles/release/probe-here.tar.gz'
  expect_refused 3 addonctl apply --yes /root/bundles/release
  expect_contains "$ERR" bundle-artifact-digest
  expect_contains "$ERR" "$sum"
  host_run sed -i "s/arch: $arch/arch: mips/" /root/bundles/release/addon.yaml
  expect_refused 3 addonctl apply --yes /root/bundles/release
  expect_contains "$ERR" "has no artifact for linux/$arch, only for linux/$other, linux/mips"
}
