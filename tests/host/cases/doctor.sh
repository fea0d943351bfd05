# shellcheck shell=bash
# What doctor says of a running host: what only a booted one can show.

# standing CHECK: what it says of it, "STATUS MESSAGE".
standing() {
  host_run addonctl doctor --format json 2>/dev/null | jq -r --arg check "$1" '.checks[] | select(.check == $check) | "\(.status) \(.message)"'
}

case_doctor_finds_nothing_in_the_way_on_a_sound_host() {
  local before
  before=$(snapshot)
  expect_exit 0 addonctl doctor --format json
  expect_json '.summary.problem == 0 and .exit == 0'
  expect_json '[.checks[] | select(.check == "systemd" and .status == "ok")] | length == 1'
  expect_json '[.checks[] | select(.check == "file-capabilities" and .status == "ok")] | length == 1'
  expect_same "$before" "$(snapshot)"
  # An apply is then indeed not stopped.
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_doctor_says_that_units_of_others_have_failed() {
  printf '[Service]\nExecStart=/bin/false\n' >"$HOST_ROOT$UNITS/rogue-doctor.service"
  host_run sh -c 'systemctl daemon-reload; systemctl start rogue-doctor.service' || true
  wait_until 5 host_run systemctl is-failed --quiet rogue-doctor.service
  expect_contains "$(standing systemd)" "some units have failed"
  host_run sh -c "rm $UNITS/rogue-doctor.service; systemctl daemon-reload; systemctl reset-failed"
}

case_doctor_says_whether_boot_recovery_is_installed_and_enabled() {
  local unit=addonctl-recover.service
  expect_contains "$(standing boot-recovery)" "warning $unit is not installed"
  cp "$REPOSITORY/packaging/systemd/$unit" "$HOST_ROOT/usr/lib/systemd/system/$unit"
  expect_contains "$(standing boot-recovery)" "warning $unit is not enabled"
  host_run systemctl add-wants --quiet sysinit.target $unit
  expect_contains "$(standing boot-recovery)" "ok "
  host_run rm $UNITS/sysinit.target.wants/$unit
  host_run rm /usr/lib/systemd/system/$unit
  host_run systemctl daemon-reload
}

case_doctor_says_whether_the_executor_can_be_asked() {
  local service=/usr/share/dbus-1/system-services/io.addonctl.Executor1.service
  expect_contains "$(standing accounts)" "ok "
  expect_contains "$(standing executor)" "ok "
  host_run sh -c "cp /etc/group /etc/group.kept; sed -i '/^addonctl/d' /etc/group; mv $service /root/work; busctl call \
    org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig"
  expect_contains "$(standing accounts)" "warning there is no group addonctl"
  expect_contains "$(standing executor)" "warning the system bus knows no io.addonctl.Executor1"
  host_run sh -c "mv /etc/group.kept /etc/group; mv /root/work/${service##*/} $service; busctl call \
    org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig"
  expect_contains "$(standing executor)" "ok "
}

case_doctor_says_who_the_caller_is() {
  caller() { host_run setpriv --reuid "$1" --regid "$1" --init-groups addonctl doctor --format json | jq -r '.checks[] | select(.check == "caller") | .message'; }
  expect_contains "$(caller operator)" "you are operator, in neither addonctl nor addonctl-admin"
  expect_contains "$(caller watcher)" "you are watcher, in addonctl: you may look"
  expect_contains "$(caller keeper)" "you are keeper, in addonctl-admin: you may ask the executor for changes"
}

case_doctor_names_who_holds_the_lock_and_what_was_cut_off() {
  local holder
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run flock -F /run/addonctl/lock sleep 30 &
  holder=$!
  wait_until 5 host_run sh -c '! flock --nonblock /run/addonctl/lock true'
  expect_contains "$(standing runs)" "warning one is under way and holds the lock: pid "
  kill "$holder"
  host_run sh -c 'kill $(pgrep -f "^sleep 30$")' || true
  wait_until 5 host_run flock --nonblock /run/addonctl/lock true
  make_good probe 1.1.0
  expect_exit 137 strace -f -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:signal=KILL:when=2 \
    addonctl apply --yes "$BUNDLE"
  expect_contains "$(standing runs)" "warning a run (apply of "
  expect_exit 0 addonctl recover
  expect_contains "$(standing runs)" "ok "
}
