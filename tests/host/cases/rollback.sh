# shellcheck shell=bash
# What fails is undone to the exact earlier state; what once worked can be had back.

# The host as systemd and the kernel see it: files, what is enabled, what runs as what.
runtime_state() {
  host_run sh -c '
    cd /etc/systemd/system && for unit in $(ls -d addon-*.service addon-*.timer 2>/dev/null); do
      echo "$unit" $(systemctl is-enabled "$unit") $(systemctl show -p ActiveState -p SubState "$unit")
    done'
}

# expect_undone COMMAND…: exits 8 and leaves files, enablement and activity as they were.
expect_undone() {
  local files runtime
  files=$(snapshot) runtime=$(runtime_state)
  expect_exit 8 "$@"
  expect_same "$files" "$(snapshot)"
  expect_same "$runtime" "$(runtime_state)" "what is enabled and active"
}

case_a_failing_upgrade_is_undone_and_the_old_version_runs() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_failing probe 1.1.0 caps=CAP_NET_ADMIN
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" addon-probe.service
  expect_running probe 1.0.0 cap_net_raw
  expect_absent $ADDONS/probe/versions/1.1.0
}

case_a_failing_upgrade_restores_the_old_limits() {
  make_good probe 1.0.0 manifest='resources: {tasks_max: 64}'
  apply "$BUNDLE"
  make_failing probe 1.1.0 manifest='resources: {tasks_max: 32}'
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(unit_property addon-probe.service TasksMax)" 64 TasksMax
  make_failing probe 1.2.0
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_eq "$(unit_property addon-probe.service TasksMax)" 64 TasksMax
}

case_a_crash_loop_is_not_taken_for_success() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_crashing probe 1.1.0
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_absent $ADDONS/probe/versions/1.1.0
}

case_a_first_install_that_crashes_in_a_loop_leaves_nothing() {
  make_crashing probe 1.0.0
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_not_installed probe
  expect_absent $ADDONS/probe/versions/1.0.0
}

case_a_first_install_that_fails_leaves_no_current_no_unit_and_no_version() {
  make_failing probe 1.0.0
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_not_installed probe
  expect_absent $ADDONS/probe/versions/1.0.0
  expect_eq "$(unit_property addon-probe.service LoadState)" not-found "the unit"
  expect_eq "$(host_run systemctl --failed --no-legend 'addon-*')" "" "failed units"
}

case_a_first_timer_that_cannot_start_leaves_nothing() {
  make_good scan 1.0.0 timer=daily run_as=addon-scan
  sed -i 's/^Description=.*/&\nAssertPathExists=\/nonexistent/' "$HOST_ROOT$BUNDLE/addon-scan.timer"
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_not_installed scan addon-scan.timer
  expect_absent $UNITS/addon-scan.service
}

case_a_timer_that_does_not_wait_is_not_taken_for_success() {
  make_good scan 1.0.0 timer=daily run_as=addon-scan timeout=2s
  # systemd skips what a condition forbids and calls the job done.
  sed -i 's/^Description=.*/&\nConditionPathExists=\/nonexistent/' "$HOST_ROOT$BUNDLE/addon-scan.timer"
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_not_installed scan addon-scan.timer
}

case_undoing_what_brought_no_new_unit_needs_no_reload() {
  local reloads
  make_good probe 1.0.0
  apply "$BUNDLE"
  reloads=$(reload_count)
  make_failing probe 1.1.0
  host_run cp $UNITS/addon-probe.service "$BUNDLE/"
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(reload_count)" "$reloads" "the number of reloads"
}

case_a_failed_version_is_tried_again_and_not_taken_for_installed() {
  make_failing probe 1.0.0
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  rm -rf "$HOST_ROOT$BUNDLE"
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_program_that_cannot_be_executed_is_undone() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_bundle probe-1.1.0 probe 1.1.0 program=/etc/os-release service=Type=exec
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_service_that_never_says_that_it_is_ready_is_undone_after_its_timeout() {
  local started=$SECONDS
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0 service=Type=notify timeout=2s
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  ((SECONDS - started < 15)) || fail "waited $((SECONDS - started)) s for a timeout of 2 s"
}

case_what_was_stopped_and_disabled_before_a_failed_upgrade_is_so_afterwards() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run systemctl disable --now addon-probe.service
  make_failing probe 1.1.0
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_inactive addon-probe.service
  expect_disabled addon-probe.service
}

case_one_failing_add_on_undoes_the_whole_apply() {
  local first second pid
  make_good running 1.0.0
  apply "$BUNDLE"
  pid=$(main_pid addon-running.service)
  make_good fresh 1.0.0
  first=$BUNDLE
  make_good running 1.1.0
  second=$BUNDLE
  make_failing broken 1.0.0
  expect_undone addonctl apply --yes "$first" "$second" "$BUNDLE"
  expect_running running 1.0.0 cap_net_raw
  expect_not_installed fresh
  expect_not_installed broken
}

case_a_failing_add_on_does_not_touch_those_that_the_apply_does_not_name() {
  local pid
  make_good steady 1.0.0
  apply "$BUNDLE"
  pid=$(main_pid addon-steady.service)
  make_failing broken 1.0.0
  expect_undone addonctl apply --yes "$BUNDLE"
  expect_eq "$(main_pid addon-steady.service)" "$pid" "the process of the other"
}

case_a_unit_that_failed_elsewhere_is_not_blamed_on_the_apply() {
  host_run systemd-run --quiet --unit=rogue-failed /usr/bin/false
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_rollback_restores_the_previous_version_with_its_capabilities() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0 caps=CAP_NET_ADMIN args=1000000
  apply "$BUNDLE"
  expect_running probe 1.1.0 cap_net_admin
  expect_exit 0 addonctl rollback probe --yes
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(file_capabilities $ADDONS/probe/versions/1.1.0/probe)" "" "capabilities of the inactive version"
  expect_eq "$(host_run grep ^ExecStart $UNITS/addon-probe.service)" \
    "ExecStart=$ADDONS/probe/current/probe infinity" "the unit of the old version"
}

case_rollback_of_the_host_returns_to_a_generation() {
  local one
  make_good one 1.0.0
  one=$BUNDLE
  make_good two 1.0.0
  apply "$one" "$BUNDLE"
  make_good one 2.0.0
  apply "$BUNDLE"
  expect_exit 0 addonctl remove --yes two
  expect_exit 0 addonctl rollback --to 1 --yes
  expect_running one 1.0.0 cap_net_raw
  expect_running two 1.0.0 cap_net_raw
}

case_rollback_of_the_host_goes_to_the_generation_before_by_default() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_exit 0 addonctl remove --yes probe
  expect_exit 0 addonctl rollback --yes
  expect_running probe 1.0.0 cap_net_raw
}

case_rollback_to_a_missing_version_names_it_and_changes_nothing() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0
  apply "$BUNDLE"
  host_run rm -rf $ADDONS/probe/versions/1.0.0
  expect_refused 1 addonctl rollback probe --yes
  expect_contains "$ERR" versions/1.0.0
  expect_running probe 1.1.0 cap_net_raw
}

case_rollback_to_an_altered_version_names_it_and_changes_nothing() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0
  apply "$BUNDLE"
  echo tampered >>"$HOST_ROOT$ADDONS/probe/versions/1.0.0/probe"
  expect_refused 1 addonctl rollback probe --yes
  expect_contains "$ERR" versions/1.0.0
  expect_running probe 1.1.0 cap_net_raw
}

case_rollback_without_a_previous_version_changes_nothing() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_refused 1 addonctl rollback probe --yes
  expect_running probe 1.0.0 cap_net_raw
}

case_rollback_of_an_unsafe_id_changes_nothing() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_refused 2 addonctl rollback ../probe --yes
}

case_rollback_is_judged_by_todays_policy() {
  make_good probe 1.0.0 caps=CAP_NET_ADMIN
  apply "$BUNDLE"
  make_good probe 1.1.0
  apply "$BUNDLE"
  sed -i 's/CAP_NET_ADMIN, //' "$HOST_ROOT/etc/addonctl/policy.yaml"
  expect_refused 4 addonctl rollback probe --yes
  expect_running probe 1.1.0 cap_net_raw
}

case_a_service_that_takes_its_time_to_stop_is_waited_for() {
  # The signal ends nothing; systemd kills it in the end.
  make_good probe 1.0.0 service='KillSignal=SIGCONT\nTimeoutStopSec=3' timeout=1s
  apply "$BUNDLE"
  expect_exit 0 addonctl remove --yes probe
  expect_inactive addon-probe.service
  expect_exit 0 addonctl verify
}
