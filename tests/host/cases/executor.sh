# shellcheck shell=bash
# addon-executor on the system bus, and who may ask it for what.

SERVICE=io.addonctl.Executor1
OBJECT=/io/addonctl/Executor1

by() { expect_exit "$2" setpriv --reuid "$1" --regid "$1" --init-groups "${@:3}"; }
executor_pid() { unit_property addon-executor.service MainPID; }
executor_ready() { executor_make_directories && host_run chmod 0755 /root; }
nothing_incoming() {
  expect_eq "$(host_run find $ADDONS / -maxdepth 1 -name '.addonctl-incoming-*')" "" "what was left of unpacking"
}
# call USER METHOD SIGNATURE ARGUMENTS…: what busctl makes of it, as USER; its exit code does not matter.
call() {
  host_run setpriv --reuid "$1" --regid "$1" --init-groups busctl call "$SERVICE" "$OBJECT" "$SERVICE" "${@:2}" 2>&1 || true
}

# hand_over USER FILE METHOD NAME…: a call with the file as root opened it; prints its exit code and report, or the error.
hand_over() {
  host_run sh -c 'user=$1 file=$2; shift 2; exec setpriv --reuid "$user" --regid "$user" --init-groups \
    executor-call "$@" 3<"$file"' hand_over "$@" 2>&1 || true
}

case_whoever_is_in_neither_group_is_refused_by_the_bus() {
  local before
  make_good probe 1.0.0
  executor_ready
  before=$(snapshot)
  by operator 10 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "members of the group addonctl may look"
  by operator 10 addonctl status
  by operator 10 addonctl recover
  expect_contains "$(call operator Status 'asa{sv}' 0 0)" "ccess denied"
  expect_same "$before" "$(snapshot)"
}

case_members_of_addonctl_may_look_and_not_change() {
  local before verb
  make_good probe 1.0.0
  executor_ready
  before=$(snapshot)
  by watcher 0 addonctl plan "$BUNDLE"
  expect_contains "$OUT" "+ probe  (none) -> 1.0.0"
  by watcher 0 addonctl status
  for verb in "apply --yes $BUNDLE" "remove --yes probe" "rollback --yes" recover gc; do
    # shellcheck disable=SC2086
    by watcher 10 addonctl $verb
    expect_contains "$ERR" "${verb%% *}: you are not authorised"
  done
  expect_same "$before" "$(snapshot)"
  host_run journalctl --sync
  OUT=$(host_run journalctl --output=json SYSLOG_IDENTIFIER=addon-executor ADDONCTL_METHOD=Remove | tail -n 1)
  expect_json '.ADDONCTL_CALLER_UID == "905" and (.MESSAGE | startswith("refused Remove of uid 905 (watcher)"))'
}

case_members_of_addonctl_admin_may_do_everything() {
  make_good probe 1.0.0
  executor_ready
  by keeper 0 addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  by keeper 0 addonctl history --format json
  expect_json '.generations[0].caller.uid == 904 and .generations[0].caller.user == "keeper"'
  by keeper 0 addonctl remove --yes probe
  expect_not_installed probe
  by keeper 0 addonctl rollback --yes
  expect_running probe 1.0.0 cap_net_raw
  by keeper 0 addonctl verify
  by keeper 0 addonctl diff
  by keeper 0 addonctl gc --keep 1
}

case_without_polkit_the_groups_decide() {
  make_good probe 1.0.0
  executor_ready
  host_run systemctl mask --runtime --now polkit.service
  by watcher 0 addonctl status
  by watcher 10 addonctl apply --yes "$BUNDLE"
  by keeper 0 addonctl apply --yes "$BUNDLE"
  host_run systemctl unmask --runtime polkit.service
  expect_running probe 1.0.0 cap_net_raw
}

case_a_rule_of_the_site_for_polkit_is_obeyed() {
  make_good probe 1.0.0
  executor_ready
  host_run mkdir -p /etc/polkit-1/rules.d
  echo 'polkit.addRule(function (action, subject) {
    if (action.id == "io.addonctl.executor1.apply") return polkit.Result.NO;
    if (action.id == "io.addonctl.executor1.gc" && subject.user == "watcher") return polkit.Result.YES;
  });' >"$HOST_ROOT/etc/polkit-1/rules.d/10-test.rules"
  host_run systemctl restart polkit.service
  by keeper 10 addonctl apply --yes "$BUNDLE"
  by watcher 0 addonctl gc
  rm "$HOST_ROOT/etc/polkit-1/rules.d/10-test.rules"
  host_run systemctl restart polkit.service
  by keeper 0 addonctl apply --yes "$BUNDLE"
}

case_a_verb_prints_the_same_both_ways() {
  local verb out err
  make_good probe 1.0.0
  executor_ready
  apply "$BUNDLE"
  make_good other 1.0.0
  make_bundle denied denied 1.0.0 caps=CAP_SYS_ADMIN
  host_run chmod -R a+rX /root/bundles
  for verb in "status" "status probe" "status --format json" "diff" "history" "verify" "plan $BUNDLE" "diff --format json" \
    "plan $BUNDLES/other-1.0.0 $BUNDLES/probe-1.0.0" "plan $BUNDLES/other-1.0.0 --format json" "plan $BUNDLES/none" \
    "status nobody" "plan $BUNDLES/other-1.0.0 --detailed-exitcode --color always" "rollback --to 9 --yes" \
    "apply --yes $BUNDLES/denied" "plan $BUNDLES/denied --format json" "remove --yes nobody" "apply $BUNDLES/other-1.0.0"; do
    # shellcheck disable=SC2086
    OUT=$(host_run addonctl $verb 2>"$SCRATCH/root.err") && status=0 || status=$?
    out=$OUT err=$(<"$SCRATCH/root.err")
    # shellcheck disable=SC2086
    by keeper "$status" addonctl $verb
    expect_eq "$OUT" "$out" "what $verb prints"
    expect_eq "$ERR" "$err" "what $verb says on stderr"
  done
}

case_ctrl_c_leaves_a_run_to_itself() {
  local client
  make_bundle probe-1.0.0 probe 1.0.0 stable=2s
  executor_ready
  host_run setpriv --reuid keeper --regid keeper --init-groups addonctl apply --yes "$BUNDLE" \
    >"$SCRATCH/out" 2>"$SCRATCH/err" &
  client=$!
  wait_until 10 host_run systemctl is-active --quiet addon-probe.service
  expect_contains "$(call keeper Status 'asa{sv}' 0 0)" "is 7 "
  expect_contains "$(host_run busctl get-property $SERVICE $OBJECT $SERVICE Progress)" '(ss) "apply" "'
  host_run pkill -INT -x addonctl
  wait "$client" && fail "the client says that all went well" || expect_eq $? 1 "the client's exit"
  expect_contains "$(<"$SCRATCH/err")" "no longer watched: addon-executor goes on"
  expect_contains "$(<"$SCRATCH/err")" "hint: addonctl status"
  wait_until 10 host_run sh -c 'addonctl history | grep -q "added probe 1.0.0"'
  expect_running probe 1.0.0 cap_net_raw
}

case_a_caller_that_stands_still_holds_nobody_up() {
  local client
  make_bundle probe-1.0.0 probe 1.0.0 stable=1s
  executor_ready
  # By a shell: nsenter stands still with what it runs itself.
  host_run sh -c "setpriv --reuid keeper --regid keeper --init-groups addonctl apply --yes --verbose $BUNDLE & wait \$!" \
    >"$SCRATCH/out" 2>"$SCRATCH/err" &
  client=$!
  wait_until 10 host_run systemctl is-active --quiet addon-probe.service
  host_run pkill -STOP -x addonctl
  # It reads nothing any more; what it asked for is done, and others are served.
  wait_until 10 host_run sh -c 'setpriv --reuid watcher --regid watcher --init-groups busctl call \
    io.addonctl.Executor1 /io/addonctl/Executor1 io.addonctl.Executor1 Status "asa{sv}" 0 0 | grep -q "^is 0 "'
  expect_running probe 1.0.0 cap_net_raw
  host_run pkill -CONT -x addonctl
  wait "$client" || fail "the client fails once it goes on: $?"
  expect_contains "$(<"$SCRATCH/out")" "Applied: generation 1"
}

case_a_caller_that_is_killed_leaves_the_host_whole() {
  local call at
  executor_ready
  make_good probe 1.0.0
  host_run addonctl bundle build "$BUNDLE" -o "$BUNDLES/probe.tar.zst"
  host_run chmod -R a+rX /root/bundles
  for call in sendmsg ppoll; do
    for at in 1 3 5 7 9 11; do
      host_run strace -f -qq -o /dev/null -e trace=$call -e "inject=$call:signal=KILL:when=$at" \
        setpriv --reuid keeper --regid keeper --init-groups addonctl apply --yes "$BUNDLES/probe.tar.zst" \
        >/dev/null 2>&1 || true
      # What had begun ends by itself, whole.
      wait_until 20 host_run addonctl status
      expect_exit 0 addonctl recover
      nothing_incoming
      expect_exit 0 addonctl verify
      expect_exit 0 addonctl remove --yes probe
    done
  done
}

case_a_run_whose_process_is_killed_is_undone_by_the_next() {
  local before client worker
  make_bundle probe-1.0.0 probe 1.0.0 stable=5s
  executor_ready
  before=$(snapshot_installed)
  host_run setpriv --reuid keeper --regid keeper --init-groups addonctl apply --yes "$BUNDLE" \
    >"$SCRATCH/out" 2>"$SCRATCH/err" &
  client=$!
  wait_until 10 host_run systemctl is-active --quiet addon-probe.service
  worker=$(host_run pgrep --parent "$(executor_pid)")
  host_run kill -KILL "$worker"
  wait "$client" && fail "the client says that all went well" || expect_eq $? 1 "the client's exit"
  expect_contains "$(<"$SCRATCH/err")" "the process that ran apply was killed by signal 9; addonctl recover undoes"
  by keeper 0 addonctl recover
  expect_contains "$OUT" Recovered
  expect_same "$before" "$(snapshot_installed)"
}

case_ending_the_executor_undoes_what_it_does() {
  local before client
  make_bundle probe-1.0.0 probe 1.0.0 stable=20s
  executor_ready
  before=$(snapshot_installed)
  host_run setpriv --reuid keeper --regid keeper --init-groups addonctl apply --yes "$BUNDLE" \
    >"$SCRATCH/out" 2>"$SCRATCH/err" &
  client=$!
  wait_until 10 host_run systemctl is-active --quiet addon-probe.service
  host_run systemctl stop addon-executor.service
  wait "$client" && fail "the client says that all went well" || expect_eq $? 8 "the client's exit"
  expect_same "$before" "$(snapshot_installed)"
  by keeper 0 addonctl recover
  expect_contains "$OUT" "Nothing to recover"
}

case_a_thousand_calls_at_once_leave_it_serving_others() {
  local before pid
  make_good probe 1.0.0
  executor_ready
  apply "$BUNDLE"
  before=$(snapshot)
  by watcher 0 addonctl status
  pid=$(executor_pid)
  host_run setpriv --reuid keeper --regid keeper --init-groups sh -c "seq 1000 |
    xargs -P 100 -n 1 busctl --quiet call $SERVICE $OBJECT $SERVICE Verify 'a{sv}' 0 >/dev/null 2>/tmp/flood; true" &
  for _ in 1 2 3 4 5; do by watcher 0 addonctl status; done
  wait $!
  by watcher 0 addonctl status
  expect_contains "$OUT" probe
  expect_eq "$(executor_pid)" "$pid" "the executor's process"
  echo "$(grep -c 'wait or run already' "$HOST_ROOT/tmp/flood") of 1000 calls were refused for their number"
  expect_same "$before" "$(snapshot)"
}

case_what_is_no_bundle_is_refused_when_it_is_handed_over() {
  local before what kind pid
  make_good probe 1.0.0
  executor_ready
  before=$(snapshot)
  by watcher 0 addonctl status
  pid=$(executor_pid)
  host_run sh -c 'cd /root/work; echo none >text; : >empty; truncate -s 9G large; head -c 100000 /dev/urandom >noise
    mkfifo fifo; chmod a+r *'
  for what in ../../dev/zero ../../dev/null . ../../proc/self/status text empty large noise; do
    for kind in archive directory other; do
      OUT=$(hand_over keeper "/root/work/$what" Apply some/path name $kind)
      echo "$what as $kind: $OUT"
      grep -q '^[13] {' <<<"$OUT" || fail "$what as $kind is not refused by the verb: $OUT"
    done
  done
  # A file that there is not, an option that there is not, a plan that is none.
  expect_contains "$(call keeper Apply 'aha(sssua{sv})a{sv}' 0 1 p n archive 0 0 0)" "cannot read the call of Apply"
  expect_contains "$(call keeper Recover 'a{sv}' 1 root s /tmp)" 'the option "root" is unknown'
  expect_contains "$(call keeper Recover s x)" "nvalid"
  OUT=$(hand_over keeper /root/work/noise ApplyPlan plan)
  grep -q '^3 {' <<<"$OUT" || fail "noise is not refused as a plan: $OUT"
  expect_eq "$(executor_pid)" "$pid" "the executor's process"
  expect_same "$before" "$(snapshot)"
  nothing_incoming
}

case_no_name_that_a_caller_gives_is_opened() {
  make_good probe 1.0.0
  executor_ready
  host_run addonctl bundle build "$BUNDLE" -o "$BUNDLES/probe.tar.zst"
  # The names are root's secrets, the file is the bundle: the plan is of the bundle.
  OUT=$(hand_over watcher "$BUNDLES/probe.tar.zst" Plan /etc/shadow /etc/shadow archive)
  expect_contains "$OUT" "0 {"
  expect_contains "$OUT" '"id": "probe"'
  # What is wrong with it is told with the line that it stands in, but not by root.
  host_run sh -c "cd $BUNDLE; sed -i 's/^id: .*/id: [/' addon.yaml; tar -czf ../broken.tar.gz addon.yaml probe"
  OUT=$(hand_over watcher "$BUNDLES/broken.tar.gz" Plan /etc/shadow /etc/shadow archive)
  expect_contains "$OUT" "3 {"
  expect_contains "$OUT" "4: [{"
  expect_lacks "$OUT" "$(host_run sed -n 1p /etc/shadow)"
  OUT=$(host_run sh -c "cd /etc && exec 3<$BUNDLES/broken.tar.gz &&
    setpriv --reuid watcher --regid watcher --init-groups executor-call Plan etc shadow archive" 2>&1 || true)
  expect_lacks "$OUT" root:
}

case_a_plan_tells_nothing_of_places_that_no_line_allows() {
  local first
  executor_ready
  host_run sh -c 'install -d -o operator -m 0700 /srv/hidden /srv/hidden/data; ln -sfn /etc/shadow /srv/hidden/tool'
  make_bundle probe-1.0.0 probe 1.0.0 manifest='state_dirs: [/srv/hidden/data]' service='ExecStartPre=/srv/hidden/tool'
  by watcher 4 addonctl plan "$BUNDLE" --format json
  first=$OUT
  host_run rm -r /srv/hidden
  by watcher 4 addonctl plan "$BUNDLE" --format json
  expect_same "$first" "$OUT" "what is told of a place that is gone"
}

# From here on it ends after a second without a call; idle_no_more gives it its usual time back.
idle_soon() {
  host_run mkdir -p /run/systemd/system/addon-executor.service.d
  host_run sh -c 'printf "[Service]\nExecStart=\nExecStart=%s --idle 1\n" \
    "/usr/bin/setpriv --no-new-privs /usr/libexec/addonctl/addon-executor" \
    >/run/systemd/system/addon-executor.service.d/idle.conf; systemctl daemon-reload'
}
idle_no_more() {
  host_run sh -c 'rm -r /run/systemd/system/addon-executor.service.d; systemctl daemon-reload'
}

case_the_executor_ends_when_nobody_calls() {
  executor_ready
  idle_soon
  for _ in 1 2; do
    by keeper 0 addonctl status
    expect_active addon-executor.service
    wait_until 10 bash -c "! nsenter --target $HOST_LEADER --all systemctl is-active --quiet addon-executor.service"
    expect_eq "$(unit_property addon-executor.service Result)" success "how it ended"
  done
  idle_no_more
}

case_a_question_may_be_answered_when_the_executor_has_ended_meanwhile() {
  make_good probe 1.0.0
  executor_ready
  idle_soon
  host_run chmod -R a+rX /root/bundles
  OUT=$(host_run sh -c "(sleep 3; echo y) | script --quiet --return --command \
    'setpriv --reuid keeper --regid keeper --init-groups addonctl apply $BUNDLE' /dev/null")
  idle_no_more
  echo "$OUT"
  expect_contains "$OUT" "Apply these changes? [y/N]"
  expect_contains "$OUT" "Applied: generation 1"
  expect_running probe 1.0.0 cap_net_raw
}

case_the_executor_has_no_more_than_its_unit_gives_it() {
  local pid
  executor_ready
  by keeper 0 addonctl status
  pid=$(executor_pid)
  expect_eq "$(process_capabilities "$pid" CapBnd)" \
    "cap_chown,cap_dac_override,cap_fowner,cap_kill,cap_setgid,cap_setuid,cap_setpcap,cap_setfcap" "its bounding set"
  expect_eq "$(host_run sed -n 's/^NoNewPrivs:\t//p' "/proc/$pid/status")" 1 NoNewPrivs
  expect_eq "$(host_run sed -n 's/^Seccomp:\t//p' "/proc/$pid/status")" 2 Seccomp
  host_run systemd-analyze security --no-pager addon-executor.service | tail -n 1
}

case_a_worker_that_only_looks_gives_up_what_changes() {
  local pid tracer
  executor_ready
  by watcher 0 addonctl status
  pid=$(executor_pid)
  host_run strace -f -qq -e trace=capset -o /tmp/capset -p "$pid" &
  tracer=$!
  wait_until 5 host_run grep -q "TracerPid:.[1-9]" "/proc/$pid/status"
  by watcher 0 addonctl status
  host_run pkill -INT -x strace
  wait "$tracer" || true
  expect_contains "$(host_run cat /tmp/capset)" \
    "{effective=1<<CAP_DAC_OVERRIDE|1<<CAP_SETGID|1<<CAP_SETUID|1<<CAP_SETPCAP, permitted=1<<CAP_DAC_OVERRIDE|1<<CAP_SETGID|1<<CAP_SETUID|1<<CAP_SETPCAP, inheritable=0}"
}

case_what_a_caller_is_started_with_changes_nothing() {
  make_good probe 1.0.0
  executor_ready
  host_run chmod -R a+rX /root/bundles
  expect_exit 0 sh -c "umask 0777; ulimit -n 32; cd /tmp; exec 9</etc/passwd
    LD_PRELOAD=/nonexistent.so TMPDIR=/nonexistent PATH=/usr/bin LC_ALL=xx TZ=/etc/shadow DBUS_SESSION_BUS_ADDRESS=x \
    setpriv --reuid keeper --regid keeper --init-groups addonctl apply --yes $BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(host_run stat -c %a $ADDONS/probe/versions/1.0.0/addon.yaml)" 644 "a file's mode"
}

case_the_interface_is_as_it_is_described() {
  local described
  executor_ready
  described=$(grep -oE '<(method|property|signal) name="[A-Za-z]*"|type="[^"]*"' "$PACKAGING/dbus/$SERVICE.xml" | sed 's/<//')
  OUT=$(host_run busctl --xml-interface introspect "$SERVICE" "$OBJECT" | sed -n "/interface name=\"$SERVICE\"/,/<\/interface>/p" |
    grep -oE '<(method|property|signal) name="[A-Za-z]*"|type="[^"]*"' | sed 's/<//')
  expect_same "$(paste -sd' ' <<<"$described" | sed 's/ \(method\|property\|signal\)/\n\1/g' | sort)" \
    "$(paste -sd' ' <<<"$OUT" | sed 's/ \(method\|property\|signal\)/\n\1/g' | sort)" "the interface"
}
