# shellcheck shell=bash
# Units that are enabled together: what Also= in [Install] of the primary names.

make_pair() {
  "$@"
  local directory=$HOST_ROOT$BUNDLE
  printf '[Service]\nUser=addon-probe\nExecStart=/usr/bin/sleep infinity\n[Install]\nWantedBy=timers.target\n' \
    >"$directory/addon-probe-helper.service"
  echo Also=addon-probe-helper.service >>"$directory/addon-probe.service"
  echo 'systemd: {primary: addon-probe.service}' >>"$directory/addon.yaml"
}

case_a_failed_start_leaves_no_link_of_a_unit_that_was_enabled_along() {
  make_pair make_failing probe 1.0.0
  expect_refused 8 addonctl apply --yes "$BUNDLE"
  expect_not_installed probe
}

case_a_unit_that_is_enabled_along_is_planned_and_removed_with_the_add_on() {
  make_pair make_good probe 1.0.0
  apply "$BUNDLE"
  expect_contains "$OUT" timers.target.wants/addon-probe-helper.service
  expect_enabled addon-probe-helper.service
  expect_exit 0 addonctl diff
  expect_exit 0 addonctl remove --yes probe
  expect_eq "$(host_run find "$UNITS" -type l)" "" "what is enabled"
}
