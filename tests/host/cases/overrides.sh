# shellcheck shell=bash
# What an administrator changes of an add-on on one host.

OVERRIDES=/etc/addonctl/overrides.d

override() {
  mkdir -p "$HOST_ROOT$OVERRIDES"
  printf '%b\n' "$1" >"$HOST_ROOT$OVERRIDES/probe.yaml"
}

case_an_override_can_disable_an_add_on_and_give_it_back() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  override 'enabled: false'
  expect_exit 0 addonctl apply --yes "$BUNDLE"
  expect_contains "$OUT$ERR" "probe is disabled on this host by $OVERRIDES/probe.yaml:1"
  expect_contains "$OUT" "0 added, 0 updated, 1 removed"
  expect_not_installed probe
  expect_exit 0 addonctl apply --yes "$BUNDLE"
  expect_contains "$OUT" "No changes."
  expect_not_installed probe
  host_run rm $OVERRIDES/probe.yaml
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_rollback_of_what_an_override_disables_changes_nothing() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0
  apply "$BUNDLE"
  override 'enabled: false'
  expect_refused 1 addonctl rollback --yes probe
  expect_contains "$ERR" "a local override disables probe"
  expect_running probe 1.1.0 cap_net_raw
}

case_an_override_patches_limits_and_applying_again_updates_them() {
  make_bundle probe-1.0.0 probe 1.0.0 manifest='resources: {tasks_max: 7, memory_max_bytes: 134217728}'
  override 'resources: {memory_max_bytes: 67108864}'
  apply "$BUNDLE"
  expect_eq "$(unit_property addon-probe.service MemoryMax)" 67108864 MemoryMax
  expect_eq "$(unit_property addon-probe.service TasksMax)" 7 TasksMax
  expect_exit 0 addonctl diff
  override 'resources: {memory_max_bytes: 33554432}'
  apply "$BUNDLE"
  expect_eq "$(unit_property addon-probe.service MemoryMax)" 33554432 MemoryMax
  host_run rm $OVERRIDES/probe.yaml
  apply "$BUNDLE"
  expect_eq "$(unit_property addon-probe.service MemoryMax)" 134217728 MemoryMax
}

case_an_override_of_health_is_recorded_without_a_restart() {
  local pid
  make_good probe 1.0.0
  apply "$BUNDLE"
  pid=$(main_pid addon-probe.service)
  override 'health: {timeout: 20s}'
  apply "$BUNDLE"
  expect_contains "$OUT" "1 updated"
  expect_eq "$(main_pid addon-probe.service)" "$pid" "the process"
  host_run grep -q '"timeout_ms":20000' /var/lib/addonctl/generations/2.json || fail "it is not recorded"
}

case_an_override_of_the_user_is_judged_and_gives_the_program_to_its_group() {
  make_bundle probe-1.0.0 probe 1.0.0 user=addon-scan
  override 'requires: {run_as: operator}'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" policy-run-as
  expect_contains "$ERR" "$OVERRIDES/probe.yaml:1"
  override 'requires: {run_as: addon-scan}'
  apply "$BUNDLE"
  expect_eq "$(host_run stat -c %G $ADDONS/probe/current/probe)" addon-scan "the group of the program"
  expect_exit 0 addonctl diff
}

case_a_malformed_override_changes_nothing() {
  make_good probe 1.0.0
  override 'enable: false'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" 'did you mean "enabled"'
  override 'exec: {args: [a'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" probe
}

case_an_override_that_others_can_write_is_not_believed() {
  make_good probe 1.0.0
  override 'enabled: true'
  host_run chmod 0666 $OVERRIDES/probe.yaml
  expect_refused 1 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" host-file-untrusted
  host_run chmod 0644 $OVERRIDES/probe.yaml
  host_run chown operator $OVERRIDES
  expect_refused 1 addonctl apply --yes "$BUNDLE"
  host_run chown root $OVERRIDES
  host_run mv $OVERRIDES/probe.yaml /root/work/it
  host_run ln -s /root/work/it $OVERRIDES/probe.yaml
  expect_refused 1 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "symbolic link"
}

case_a_saved_plan_is_stale_once_an_override_has_changed() {
  make_good probe 1.0.0
  override 'health: {timeout: 20s}'
  expect_exit 0 addonctl plan -o /root/work/plan.json "$BUNDLE"
  override 'health: {timeout: 21s}'
  expect_refused 6 addonctl apply /root/work/plan.json
  expect_contains "$ERR" "the local override of probe"
  override 'enabled: false'
  expect_exit 0 addonctl plan -o /root/work/plan.json "$BUNDLE"
  host_run rm $OVERRIDES/probe.yaml
  expect_refused 6 addonctl apply /root/work/plan.json
}

case_settings_changed_on_the_host_outlive_a_failed_upgrade() {
  make_bundle probe-1.0.0 probe 1.0.0 manifest='resources: {tasks_max: 7}'
  apply "$BUNDLE"
  override 'resources: {tasks_max: 9}'
  apply "$BUNDLE"
  make_bundle probe-1.1.0 probe 1.1.0 program=/usr/bin/false stable=3s manifest='resources: {memory_max_bytes: 67108864}'
  expect_refused 8 addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(unit_property addon-probe.service TasksMax)" 9 TasksMax
  expect_exit 0 addonctl diff
}
