# shellcheck shell=bash
# Directories that add-ons keep data in: made with owner and mode, never followed through a link, never removed with
# data in them unless that was asked for.

DATA=/var/lib/addons-test

# keep_data POLICY-PATHS: the default policy, and these.
allow_data() {
  echo "paths: {state_dirs: [\"$DATA/**\"]}" >>"$HOST_ROOT/etc/addonctl/policy.yaml"
  host_run sh -c "umount -l $DATA/* 2>/dev/null; rm -rf $DATA /root/elsewhere; mkdir -p $DATA /root/elsewhere"
}
make_keeping() { make_good "$1" "$2" manifest="state_dirs: [$3]" "${@:4}"; }
rights() { host_run stat -c '%U:%G %a' "$1"; }

case_state_directories_have_their_owner_and_mode() {
  allow_data
  make_keeping probe 1.0.0 "$DATA/a, {path: $DATA/a/spool, mode: \"0700\"}, {path: $DATA/new/b, owner: addon-scan, group: addon-probe, mode: \"0770\"}"
  apply "$BUNDLE"
  expect_eq "$(rights $DATA/a)" "addon-probe:addon-probe 750"
  expect_eq "$(rights $DATA/a/spool)" "addon-probe:addon-probe 700"
  expect_eq "$(rights $DATA/new/b)" "addon-scan:addon-probe 770"
  expect_eq "$(rights $DATA/new)" "root:root 755"
  expect_exit 0 addonctl diff
  expect_exit 0 addonctl verify
}

case_a_state_directory_that_no_policy_line_allows_is_denied() {
  make_keeping probe 1.0.0 /var/lib/elsewhere
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" policy-state-dir
  expect_absent /var/lib/elsewhere
  allow_data
  make_keeping probe 1.0.0 "{path: $DATA/a, owner: operator}"
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" policy-run-as
  expect_absent $DATA/a
}

case_a_link_in_the_place_of_a_state_directory_or_above_it_is_refused() {
  local before depth
  allow_data
  make_keeping probe 1.0.0 $DATA/a/b/c
  for depth in $DATA/a $DATA/a/b $DATA/a/b/c; do
    host_run sh -c "rm -rf $DATA/a; mkdir -p ${depth%/*}; ln -s /root/elsewhere $depth"
    before=$(snapshot $DATA /root/elsewhere)
    expect_refused 1 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "$depth is a symbolic link"
    expect_same "$before" "$(snapshot $DATA /root/elsewhere)"
  done
}

case_drift_of_a_state_directory_is_seen_and_repaired() {
  allow_data
  make_keeping probe 1.0.0 $DATA/a
  apply "$BUNDLE"
  host_run chmod 0777 $DATA/a
  expect_exit 5 addonctl diff
  expect_contains "$OUT" "state-dir $DATA/a: expected 901:901 0750, found 901:901 0777"
  host_run rmdir $DATA/a
  expect_exit 5 addonctl diff
  expect_contains "$OUT" "found missing"
  apply "$BUNDLE"
  expect_eq "$(rights $DATA/a)" "addon-probe:addon-probe 750"
  host_run sh -c "rmdir $DATA/a && ln -s /root/elsewhere $DATA/a"
  expect_exit 5 addonctl diff
  expect_contains "$OUT" "$DATA/a is a symbolic link"
}

case_data_survives_an_upgrade_a_rollback_and_a_removal() {
  allow_data
  make_keeping probe 1.0.0 $DATA/a
  apply "$BUNDLE"
  host_run sh -c "echo data >$DATA/a/file"
  make_good probe 1.1.0
  apply "$BUNDLE"
  expect_exit 0 addonctl rollback probe --yes
  expect_exit 0 addonctl remove probe --yes
  expect_contains "$ERR" "the data of probe stays in $DATA/a"
  expect_eq "$(host_run cat $DATA/a/file)" data
}

case_a_first_install_that_fails_keeps_the_directory_with_data_in_it_only() {
  allow_data
  make_bundle probe-1 probe 1.0.0 program=/usr/bin/dash stable=1s manifest="state_dirs: [$DATA/a, $DATA/b/c]" \
    args="-c \"echo data >$DATA/a/file; exit 1\""
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "$DATA/a stays, for there is something in it by now"
  expect_eq "$(host_run cat $DATA/a/file)" data
  expect_absent $DATA/b
}

case_purge_deletes_the_data_and_nothing_else() {
  allow_data
  make_keeping probe 1.0.0 $DATA/a
  apply "$BUNDLE"
  host_run sh -c "echo data >$DATA/a/file; mkdir $DATA/a/dir; echo 1 >/root/elsewhere/file; ln -s /root/elsewhere $DATA/a/link"
  expect_exit 2 addonctl remove probe --purge
  expect_contains "$OUT" "$DATA/a: 2 files, 5 B"
  expect_contains "$OUT" "dir/, file, link"
  expect_exit 0 addonctl remove probe --purge --yes
  expect_absent $DATA/a
  expect_eq "$(host_run ls -A $DATA)" ""
  expect_eq "$(host_run cat /root/elsewhere/file)" 1
  expect_not_installed probe
}

case_purge_of_an_add_on_that_was_removed_before() {
  allow_data
  make_keeping probe 1.0.0 $DATA/a
  apply "$BUNDLE"
  expect_exit 0 addonctl remove probe --yes
  host_run sh -c "echo data >$DATA/a/file"
  expect_exit 0 addonctl remove probe --purge --yes
  expect_absent $DATA/a
}

case_a_purge_that_fails_puts_the_data_back() {
  allow_data
  make_keeping probe 1.0.0 "$DATA/a, $DATA/b"
  apply "$BUNDLE"
  host_run sh -c "echo data >$DATA/a/file; mount -t tmpfs none $DATA/b"
  # A mount point cannot be renamed, which only trying shows.
  local before
  before=$(snapshot $DATA)
  expect_exit 8 addonctl remove probe --purge --yes
  expect_same "$before" "$(snapshot $DATA)"
  expect_running probe 1.0.0 cap_net_raw
  host_run umount $DATA/b
  host_run sh -c "mkdir $DATA/b/in; mount -t tmpfs none $DATA/b/in"
  expect_refused 1 addonctl remove probe --purge --yes
  expect_contains "$ERR" "$DATA/b/in is mounted in it"
  host_run umount $DATA/b/in
}

case_purge_of_two_that_share_a_directory_deletes_it_once() {
  allow_data
  make_keeping probe 1.0.0 "$DATA/a, $DATA/a-cache, $DATA/a/spool"
  apply "$BUNDLE"
  make_keeping scan 1.0.0 "{path: $DATA/a, owner: addon-probe}, {path: $DATA/a/scan, owner: addon-probe}" run_as=addon-scan
  apply "$BUNDLE"
  expect_exit 0 addonctl remove probe scan --purge --yes
  expect_absent $DATA/a
  expect_absent $DATA/a-cache
  expect_eq "$(host_run find $DATA -name '.purge-*')" "" "what is left of it"
}

case_purge_spares_what_another_add_on_keeps_data_in() {
  allow_data
  make_keeping probe 1.0.0 $DATA/a
  apply "$BUNDLE"
  make_keeping scan 1.0.0 "{path: $DATA/a/scan, owner: addon-probe}" run_as=addon-scan
  apply "$BUNDLE"
  expect_refused 3 addonctl remove probe --purge --yes
  expect_contains "$ERR" state-dir-shared
}
