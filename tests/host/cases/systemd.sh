# shellcheck shell=bash
# Units: installed, enabled and started by one reload; never someone else's; gone when they should be.

allow_any_unit_name() {
  sed -i 's/names: .*/names: ["*"]/' "$HOST_ROOT/etc/addonctl/policy.yaml"
}

case_an_installed_service_is_enabled_and_active() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(host_run stat -c '%F %a %U:%G' $UNITS/addon-probe.service)" "regular file 644 root:root" "the unit"
  expect_eq "$(host_run readlink $UNITS/multi-user.target.wants/addon-probe.service)" \
    $UNITS/addon-probe.service "the enablement link"
  expect_eq "$(unit_property addon-probe.service NeedDaemonReload)" no NeedDaemonReload
  expect_eq "$(host_run sha256sum <"$HOST_ROOT$UNITS/addon-probe.service")" \
    "$(host_run sha256sum <"$HOST_ROOT$BUNDLE/addon-probe.service")" "the unit's bytes"
}

case_a_timer_is_installed_with_its_service_and_started() {
  make_good scan 1.0.0 timer='*-*-* 04:00:00' run_as=addon-scan
  apply "$BUNDLE"
  expect_present $UNITS/addon-scan.service
  expect_active addon-scan.timer
  expect_enabled addon-scan.timer
  expect_inactive addon-scan.service
  expect_eq "$(host_run systemctl is-enabled addon-scan.service || true)" static "the service's enablement"
  expect_contains "$(host_run systemctl list-timers --all --no-legend)" addon-scan.service
  expect_exit 0 addonctl remove --yes scan
  expect_not_installed scan addon-scan.timer
  expect_absent $UNITS/addon-scan.service
}

case_a_timed_program_runs_with_its_capabilities() {
  make_good scan 1.0.0 timer='*-*-* 04:00:00' run_as=addon-scan args=2
  apply "$BUNDLE"
  host_run systemctl start --no-block addon-scan.service
  wait_until 5 host_run sh -c '[ "$(systemctl show --property MainPID --value addon-scan.service)" != 0 ]'
  wait_until 2 host_run sh -c 'readlink /proc/$(systemctl show --property MainPID --value addon-scan.service)/exe |
    grep -q /opt/addons/scan'
  expect_eq "$(process_capabilities "$(main_pid addon-scan.service)" CapEff)" cap_net_raw CapEff
}

case_several_add_ons_need_one_reload() {
  local bundles=() id before
  for id in one two three; do
    make_good $id 1.0.0
    bundles+=("$BUNDLE")
  done
  before=$(reload_count)
  apply "${bundles[@]}"
  expect_eq "$(reload_count)" $((before + 1)) "the number of reloads"
  for id in one two three; do expect_running $id 1.0.0 cap_net_raw; done
}

case_applying_the_same_again_changes_nothing_and_reloads_nothing() {
  local before pid reloads
  make_good probe 1.0.0
  apply "$BUNDLE"
  before=$(snapshot) pid=$(main_pid addon-probe.service) reloads=$(reload_count)
  apply "$BUNDLE"
  expect_contains "${OUT,,}" "no changes"
  expect_same "$before" "$(snapshot)"
  expect_eq "$(main_pid addon-probe.service)" "$pid" "the process"
  expect_eq "$(reload_count)" "$reloads" "the number of reloads"
}

case_the_installed_version_with_other_bytes_is_refused() {
  local pid
  make_good probe 1.0.0
  apply "$BUNDLE"
  pid=$(main_pid addon-probe.service)
  echo more >>"$HOST_ROOT$BUNDLE/probe"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(main_pid addon-probe.service)" "$pid" "the process"
}

case_an_upgrade_moves_the_capabilities() {
  local old
  make_good probe 1.0.0
  apply "$BUNDLE"
  old=$(main_pid addon-probe.service)
  make_good probe 1.1.0 caps=CAP_NET_ADMIN
  apply "$BUNDLE"
  expect_running probe 1.1.0 cap_net_admin
  expect_ne "$(main_pid addon-probe.service)" "$old" "the process"
  expect_present $ADDONS/probe/versions/1.0.0/probe
  expect_eq "$(file_capabilities $ADDONS/probe/versions/1.0.0/probe)" "" "capabilities of the old binary"
}

case_an_upgrade_that_leaves_the_unit_as_it_is_needs_no_reload() {
  local reloads
  make_good probe 1.0.0 service='Environment=X=1'
  sed -i '/^Description/d' "$HOST_ROOT$BUNDLE/addon-probe.service"
  apply "$BUNDLE"
  reloads=$(reload_count)
  make_good probe 1.1.0 service='Environment=X=1'
  sed -i '/^Description/d' "$HOST_ROOT$BUNDLE/addon-probe.service"
  apply "$BUNDLE"
  expect_running probe 1.1.0 cap_net_raw
  expect_eq "$(reload_count)" "$reloads" "the number of reloads"
}

case_units_no_longer_shipped_are_removed_on_upgrade() {
  make_good probe 1.0.0 manifest='systemd: {primary: addon-probe.service}'
  sed 's/^ExecStart=.*/ExecStart=\/usr\/bin\/true\nType=oneshot/' "$HOST_ROOT$BUNDLE/addon-probe.service" \
    >"$HOST_ROOT$BUNDLE/addon-probe-check.service"
  apply "$BUNDLE"
  expect_present $UNITS/addon-probe-check.service
  make_good probe 1.1.0 manifest='systemd: {primary: addon-probe.service}'
  apply "$BUNDLE"
  expect_running probe 1.1.0 cap_net_raw
  expect_absent $UNITS/addon-probe-check.service
  expect_eq "$(host_run find $UNITS -name 'addon-probe-check*')" "" "links to the removed unit"
  expect_eq "$(unit_property addon-probe-check.service LoadState)" not-found "the removed unit"
}

case_a_unit_name_of_the_system_is_refused() {
  local unit=systemd-journald.service
  allow_any_unit_name
  make_good probe 1.0.0 unit=$unit
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" $unit
  expect_eq "$(unit_property $unit FragmentPath)" "/lib/systemd/system/$unit" "what systemd runs"
  expect_active $unit
  expect_absent $ADDONS/probe
}

case_a_unit_that_an_operator_wrote_is_never_replaced() {
  printf '[Service]\nExecStart=/usr/bin/sleep infinity\n' >"$HOST_ROOT$UNITS/addon-probe.service"
  host_run systemctl daemon-reload
  host_run systemctl start addon-probe.service
  make_good probe 1.0.0
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" addon-probe.service
  expect_eq "$(process_program "$(main_pid addon-probe.service)")" /usr/bin/sleep "the operator's service"
}

case_a_unit_of_another_add_on_is_refused() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good other 1.0.0 unit=addon-probe.service
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_unit_name_that_no_policy_line_allows_is_denied() {
  make_good probe 1.0.0 unit=rogue-probe.service
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" rogue-probe.service
}

case_a_unit_that_reaches_other_units_is_denied() {
  local line
  for line in Also=systemd-journald.service Alias=dbus.service; do
    rm -rf "$HOST_ROOT$BUNDLES"/*
    make_good probe 1.0.0
    echo "$line" >>"$HOST_ROOT$BUNDLE/addon-probe.service"
    expect_refused 4 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "${line#*=}"
  done
}

case_a_timer_for_a_unit_that_the_add_on_does_not_bring_is_refused() {
  make_good scan 1.0.0 timer=daily run_as=addon-scan
  sed -i 's/^OnCalendar/Unit=systemd-journald.service\n&/' "$HOST_ROOT$BUNDLE/addon-scan.timer"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" systemd-journald.service
}

case_removing_twice_leaves_nothing_active_and_no_capability() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0
  apply "$BUNDLE"
  expect_exit 0 addonctl remove --yes probe
  expect_not_installed probe
  expect_eq "$(host_run find $UNITS -mindepth 1 -not -type d)" "" "what is left of units"
  expect_eq "$(unit_property addon-probe.service LoadState)" not-found "the removed unit"
  expect_present $ADDONS/probe/versions/1.1.0/probe
  expect_exit 0 addonctl remove --yes probe
  expect_not_installed probe
}

case_removing_one_leaves_the_others_running() {
  local pid one
  make_good one 1.0.0
  one=$BUNDLE
  make_good two 1.0.0
  apply "$one" "$BUNDLE"
  pid=$(main_pid addon-two.service)
  expect_exit 0 addonctl remove --yes one
  expect_not_installed one
  expect_running two 1.0.0 cap_net_raw
  expect_eq "$(main_pid addon-two.service)" "$pid" "the process of the other"
}

case_an_unsafe_name_to_remove_is_refused_and_nothing_is_removed() {
  local name
  make_good probe 1.0.0
  apply "$BUNDLE"
  for name in ../probe probe/../probe .. 'pro be' "$(printf 'probe\n')x/"; do
    expect_refused 2 addonctl remove --yes probe "$name"
  done
  expect_running probe 1.0.0 cap_net_raw
}

case_an_operators_drop_in_works_and_outlives_the_add_on() {
  local drop_in=$UNITS/addon-probe.service.d/operator.conf
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run mkdir $UNITS/addon-probe.service.d
  printf '[Service]\nNice=7\n' >"$HOST_ROOT$drop_in"
  make_good probe 1.1.0
  apply "$BUNDLE"
  expect_eq "$(unit_property addon-probe.service Nice)" 7 "the operator's Nice="
  expect_exit 0 addonctl remove --yes probe
  expect_absent $UNITS/addon-probe.service
  expect_eq "$(host_run cat "$drop_in")" $'[Service]\nNice=7' "the operator's drop-in"
}

limits='resources: {cpu_max_percent: 20, memory_max_bytes: 268435456, memory_high_bytes: 201326592, tasks_max: 64, slice: system.slice}'
drop_ins() { host_run sh -c "ls -A $UNITS/addon-probe.service.d 2>/dev/null || true"; }

case_resources_become_limits_of_the_running_service() {
  make_good probe 1.0.0 manifest="$limits"
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(host_run systemctl show -p MemoryMax,MemoryHigh,TasksMax,CPUQuotaPerSecUSec,Slice addon-probe.service | sort)" \
    $'CPUQuotaPerSecUSec=200ms\nMemoryHigh=201326592\nMemoryMax=268435456\nSlice=system.slice\nTasksMax=64' "the limits"
  expect_eq "$(host_run stat -c '%F %a %U:%G' $UNITS/addon-probe.service.d/50-addonctl-resources.conf)" \
    "regular file 644 root:root" "the drop-in"
  expect_eq "$(host_run stat -c '%a %U:%G' $UNITS/addon-probe.service.d)" "755 root:root" "its directory"
  expect_eq "$(unit_property addon-probe.service NeedDaemonReload)" no NeedDaemonReload
}

case_an_upgrade_without_resources_takes_the_drop_in_away() {
  make_good probe 1.0.0 manifest="$limits"
  apply "$BUNDLE"
  make_good probe 1.1.0
  apply "$BUNDLE"
  expect_running probe 1.1.0 cap_net_raw
  expect_absent $UNITS/addon-probe.service.d
  expect_eq "$(unit_property addon-probe.service MemoryMax)" infinity MemoryMax
}

case_an_operators_drop_in_beside_it_stays() {
  make_good probe 1.0.0 manifest="$limits"
  apply "$BUNDLE"
  host_run sh -c "printf '[Service]\nTasksMax=32\n' >$UNITS/addon-probe.service.d/90-local.conf"
  make_good probe 1.1.0
  apply "$BUNDLE"
  expect_eq "$(drop_ins)" 90-local.conf "the drop-ins"
  expect_eq "$(unit_property addon-probe.service TasksMax)" 32 TasksMax
  expect_exit 0 addonctl remove --yes probe
  expect_eq "$(drop_ins)" 90-local.conf "the drop-ins"
}

case_its_own_drop_in_is_none_of_the_hosts() {
  make_good probe 1.0.0 manifest="$limits"
  apply "$BUNDLE"
  make_good probe 1.1.0 manifest="$limits" service=Nice=3
  expect_exit 0 addonctl plan "$BUNDLE"
  expect_lacks "$OUT" "with the drop-in"
}

case_a_drop_in_of_that_name_that_no_version_has_is_the_hosts() {
  make_good probe 1.0.0
  host_run mkdir $UNITS/addon-probe.service.d
  host_run sh -c "printf '[Service]\nUser=root\n' >$UNITS/addon-probe.service.d/50-addonctl-resources.conf"
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "$UNITS/addon-probe.service.d/50-addonctl-resources.conf:2:1"
}

case_a_timers_service_gets_the_limits() {
  make_good scan 1.0.0 timer='*-*-* 04:00:00' run_as=addon-scan manifest='resources: {tasks_max: 8}'
  apply "$BUNDLE"
  expect_eq "$(unit_property addon-scan.service TasksMax)" 8 TasksMax
  expect_exit 0 addonctl remove --yes scan
  expect_absent $UNITS/addon-scan.service.d
}

case_limits_that_were_altered_are_drift_and_repaired() {
  make_good probe 1.0.0 manifest="$limits"
  apply "$BUNDLE"
  host_run sh -c "printf '[Service]\nTasksMax=infinity\n' >$UNITS/addon-probe.service.d/50-addonctl-resources.conf"
  expect_exit 5 addonctl diff
  expect_contains "$OUT" addon-probe.service.d/50-addonctl-resources.conf
  apply "$BUNDLE"
  expect_exit 0 addonctl diff
  expect_eq "$(unit_property addon-probe.service TasksMax)" 64 TasksMax
}

case_a_slice_that_no_policy_line_allows_is_denied() {
  make_good probe 1.0.0 manifest='resources: {slice: user.slice}'
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" user.slice
}

case_a_slice_that_would_add_lines_to_the_unit_is_invalid() {
  make_good probe 1.0.0 manifest='resources: {slice: "a.slice\\\\nUser=root"}'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" resources.slice
}
