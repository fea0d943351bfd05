# shellcheck shell=bash
# What counts as well after a start: up for long enough, and three times in a row what the add-on's own check says.

SEEN=/root/work/seen

# make_checked VERSION SCRIPT [KEY=VALUE…]: a service that runs, and a script that says whether it is well.
make_checked() {
  local version=$1 script=$2
  shift 2
  host_run sh -c "chmod 0755 /root /root/work; mkdir -p $SEEN; chmod 0777 $SEEN"
  make_good probe "$version" "$@" \
    manifest='files: [{path: check, mode: "0755"}]' health=", exec: [current/check, $SEEN]"
  printf '#!/bin/sh\nseen=$1\n%s\n' "$script" >"$HOST_ROOT$BUNDLE/check"
}

case_a_check_runs_as_the_services_user_without_any_privilege() {
  make_checked 1.0.0 'cat /proc/self/status >$seen/status; id -un >$seen/user; ls -l /proc/self/fd >$seen/fd'
  apply "$BUNDLE"
  expect_eq "$(host_run cat $SEEN/user)" addon-probe
  local set
  for set in CapInh CapPrm CapEff CapAmb; do
    expect_eq "$(host_run sed -n "s/^$set:[[:space:]]*//p" $SEEN/status)" 0000000000000000 $set
  done
  expect_eq "$(host_run sed -n 's/^NoNewPrivs:[[:space:]]*//p' $SEEN/status)" 1 NoNewPrivs
}

case_a_check_that_says_no_once_is_asked_again() {
  make_checked 1.0.0 'echo x >>$seen/runs; [ $(wc -l <$seen/runs) != 1 ]'
  apply "$BUNDLE"
  # No, yes, yes, yes.
  expect_eq "$(host_run sh -c "wc -l <$SEEN/runs")" 4 "how often it was asked"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_check_that_always_says_no_undoes_everything() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  local before
  before=$(snapshot)
  make_checked 1.1.0 'echo "no route to the server" >&2; exit 3' timeout=2s
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "check of probe exited with status 3: no route to the server"
  expect_same "$before" "$(snapshot)"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_check_that_does_not_end_leaves_no_process() {
  make_checked 1.0.0 'trap "" TERM; (trap "" TERM; exec sleep 4321) & wait' timeout=1s
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "did not end in time"
  expect_eq "$(host_run pgrep -f 'sleep 4321' || true)" "" "what the check started"
}

case_a_check_that_is_no_file_of_the_add_on_is_invalid() {
  make_good probe 1.0.0 health=", exec: [/usr/bin/true]"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" health-exec
  make_good probe 1.0.0 health=", exec: [current/absent]"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "which the bundle does not have"
}

case_a_notify_service_that_is_ready_late_is_well() {
  make_bundle probe-1 probe 1.0.0 program=/usr/bin/dash caps='' \
    args='-c "sleep 1; systemd-notify --ready; sleep infinity"' service='Type=notify\nNotifyAccess=all'
  apply "$BUNDLE"
  expect_active addon-probe.service
}

case_a_notify_service_that_is_never_ready_is_undone_in_time() {
  make_bundle probe-1 probe 1.0.0 timeout=2s service='Type=notify'
  local started=$SECONDS
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  ((SECONDS - started < 20)) || fail "it took $((SECONDS - started)) seconds"
  expect_contains "$ERR" "did not say that it is ready (READY=1) within 2s"
  expect_not_installed probe
}

case_failures_of_other_units_are_not_blamed_on_the_add_on() {
  printf '[Service]\nExecStart=/bin/false\n' >"$HOST_ROOT$UNITS/rogue-other.service"
  host_run systemctl daemon-reload
  host_run systemctl start rogue-other.service || true
  wait_until 5 host_run systemctl is-failed --quiet rogue-other.service
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  host_run sh -c "rm $UNITS/rogue-other.service; systemctl daemon-reload; systemctl reset-failed"
}

case_a_service_that_had_failed_before_is_judged_by_what_happens_after() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run systemctl kill --signal=KILL addon-probe.service
  wait_until 5 host_run systemctl is-failed --quiet addon-probe.service
  make_good probe 1.1.0
  apply "$BUNDLE"
  expect_running probe 1.1.0 cap_net_raw
}

case_a_service_that_restarts_slowly_is_not_taken_for_success() {
  make_bundle probe-1 probe 1.0.0 program=/usr/bin/dash args='-c "sleep 1; exit 1"' timeout=4s stable=2s \
    service='Restart=always\nRestartSec=0.3\nStartLimitIntervalSec=0'
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_not_installed probe
}
