# shellcheck shell=bash
# Versions that no kept generation names.

case_gc_removes_what_no_kept_generation_names_and_leaves_what_runs() {
  local version
  for version in 1.0.0 1.1.0 1.2.0; do
    make_good probe $version
    apply "$BUNDLE"
  done
  expect_exit 0 addonctl gc
  expect_contains "$OUT" "Nothing to remove."
  expect_exit 2 addonctl gc --keep 0
  expect_exit 2 addonctl gc --keep all
  expect_exit 0 addonctl gc --keep 2 --format json
  expect_json '.generations == [1] and .versions == [{"addon": "probe", "version": "1.0.0"}]'
  expect_absent $ADDONS/probe/versions/1.0.0
  expect_running probe 1.2.0 cap_net_raw
  expect_exit 0 addonctl rollback probe --yes
  expect_running probe 1.1.0 cap_net_raw
  expect_exit 0 addonctl diff
}

case_gc_guesses_nothing_where_a_record_is_unreadable() {
  local version
  for version in 1.0.0 1.1.0; do
    make_good probe $version
    apply "$BUNDLE"
  done
  host_run sh -c 'echo "{" >/var/lib/addonctl/generations/1.json'
  expect_refused 1 addonctl gc --keep 1
  expect_contains "$ERR" 1.json
}
