# shellcheck shell=bash
# Whom root believes: its own policy, one run at a time, and nothing of the caller's environment.

case_without_a_policy_nothing_is_allowed() {
  rm "$HOST_ROOT/etc/addonctl/policy.yaml"
  make_good probe 1.0.0
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" /etc/addonctl/policy.yaml
  expect_absent $ADDONS/probe
}

case_a_policy_that_others_can_write_is_not_believed() {
  local how
  make_good probe 1.0.0
  for how in 'chmod 0666 /etc/addonctl/policy.yaml' 'chmod 0664 /etc/addonctl/policy.yaml' \
    'chown operator /etc/addonctl/policy.yaml' 'chmod 0777 /etc/addonctl' 'chown operator /etc/addonctl'; do
    host_run sh -c "chown root /etc/addonctl /etc/addonctl/policy.yaml
      chmod 0755 /etc/addonctl; chmod 0644 /etc/addonctl/policy.yaml; $how"
    echo "--- $how"
    expect_refused 1 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" /etc/addonctl
  done
  expect_absent $ADDONS/probe
}

case_what_changes_the_host_takes_no_other_policy() {
  make_good probe 1.0.0 caps=CAP_SYS_ADMIN
  sed 's/deny: .*/deny: []/; s/allow: \[CAP_NET_RAW/allow: [CAP_SYS_ADMIN, CAP_NET_RAW/' \
    "$TESTS_HOST/policies/default.yaml" >"$HOST_ROOT/root/work/generous.yaml"
  expect_refused 2 addonctl apply --yes --policy /root/work/generous.yaml "$BUNDLE"
  expect_exit 0 addonctl plan --policy /root/work/generous.yaml "$BUNDLE" -o /root/work/plan.json
  expect_exit 6 addonctl apply /root/work/plan.json
  expect_absent $ADDONS/probe
}

case_two_runs_at_once_are_refused_by_a_lock() {
  local holder before
  make_good probe 1.0.0
  before=$(snapshot)
  host_run mkdir -p /run/addonctl
  host_run flock /run/addonctl/lock sleep 30 &
  holder=$!
  wait_until 5 host_run sh -c '! flock --nonblock /run/addonctl/lock true'
  expect_exit 7 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" lock
  expect_same "$before" "$(snapshot)"
  expect_exit 0 addonctl status
  kill "$holder"
  host_run sh -c 'kill $(pgrep -f "^sleep 30$")' || true
  wait_until 5 host_run flock --nonblock /run/addonctl/lock true
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_a_run_that_is_to_wait_waits_for_the_lock_and_no_longer() {
  local begun
  make_good probe 1.0.0
  host_run mkdir -p /run/addonctl
  host_run touch /root/work/hold
  host_run flock /run/addonctl/lock sh -c 'while test -e /root/work/hold; do sleep 0.1; done' &
  wait_until 5 host_run sh -c '! flock --nonblock /run/addonctl/lock true'
  begun=$(snapshot)
  expect_exit 7 addonctl apply --yes --wait 200ms "$BUNDLE"
  expect_contains "$ERR" lock
  expect_same "$begun" "$(snapshot)"
  host_run sh -c 'sleep 1; rm /root/work/hold' &
  expect_exit 0 addonctl apply --yes --wait 60s "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_exit 2 addonctl remove --yes --wait soon probe
  expect_contains "$ERR" soon
  wait
}

case_a_dead_holder_blocks_nobody() {
  local pid
  make_good probe 1.0.0 timeout=90s stable=60s
  host_run sh -c "addonctl apply --yes $BUNDLE >/dev/null 2>&1 & echo \$! >/root/work/run; wait" &
  wait_until 30 host_run sh -c 'grep -q "\"verb\":\"apply\"" /run/addonctl/lock'
  pid=$(host_run cat /root/work/run)
  expect_exit 7 addonctl recover
  expect_contains "$ERR" "pid $pid (apply), for "
  host_run kill -9 "$pid"
  wait
  expect_exit 0 addonctl recover
}

# Tools of every name that someone might be tempted to call, each leaving a mark.
make_evil_tools() {
  local tool
  mkdir -p "$HOST_ROOT/root/work/evil"
  for tool in systemctl setcap getcap install cp mv chown chmod ln tar gzip sh bash dpkg systemd-analyze; do
    printf '#!/bin/sh\necho %s >>/root/work/evil-ran\n' "$tool" >"$HOST_ROOT/root/work/evil/$tool"
    chmod 0755 "$HOST_ROOT/root/work/evil/$tool"
  done
}

case_the_callers_environment_changes_nothing_that_root_does() {
  local normal mask
  make_good probe 1.0.0
  apply "$BUNDLE"
  normal=$(snapshot_installed)
  make_evil_tools
  for mask in 000 077; do
    expect_exit 0 addonctl remove --yes probe
    host_run rm -rf $ADDONS
    expect_exit 0 sh -c "umask $mask; cd /root/work && mkdir -p gone && cd gone && rmdir ../gone
      exec env PATH=/root/work/evil LD_PRELOAD=/root/work/none.so LD_LIBRARY_PATH=/root/work/evil TMPDIR=/nonexistent \
        HOME=/nonexistent LANG=xx_XX SYSTEMD_UNIT_PATH=/root/work DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent \
        /usr/bin/addonctl apply --yes $BUNDLE"
    expect_same "$normal" "$(snapshot_installed)" "what umask $mask and a hostile environment installed"
    expect_running probe 1.0.0 cap_net_raw
  done
  expect_absent /root/work/evil-ran
}

case_an_ordinary_user_changes_nothing() {
  make_good probe 1.0.0
  executor_make_directories
  host_run chmod a+x /root
  host_run chmod -R a+rX /root/bundles
  expect_refused 10 setpriv --reuid operator --regid operator --clear-groups addonctl apply --yes "$BUNDLE"
  expect_refused 10 env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent \
    setpriv --reuid operator --regid operator --clear-groups addonctl apply --yes "$BUNDLE"
  expect_absent $ADDONS/probe
  host_run chmod 0700 /root
}

case_an_ordinary_user_is_told_who_may_look_at_a_program_with_capabilities() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_exit 10 setpriv --reuid operator --regid operator --clear-groups addonctl status
  expect_contains "$ERR" "the system bus does not let you call addon-executor; members of the group addonctl may look"
  # Where nobody answers on the bus.
  expect_exit 10 env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent \
    setpriv --reuid operator --regid operator --clear-groups addonctl status
  expect_eq "$ERR" "error: cannot look at add-on probe: cannot open $ADDONS/probe/versions/1.0.0/probe: Permission denied; only root may look there, run it with sudo"
}
