# shellcheck shell=bash
# A run that is killed on a live host: what ran before runs again, or what it had committed runs.

# killed_at CALL N COMMAND…: runs it and kills it at its Nth system call of that name. False: it ended before.
killed_at() {
  local call=$1 at=$2 status=0
  shift 2
  host_run strace -f -qq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$at" "$@" \
    >"$SCRATCH/out" 2>&1 </dev/null || status=$?
  ((status == 137))
}

case_an_upgrade_killed_at_any_rename_is_undone_or_finished_by_recover() {
  local call at old kills=0 finished=0
  make_good probe 1.0.0
  apply "$BUNDLE"
  old=$(snapshot_installed)
  make_good probe 1.1.0
  # strace counts each kind of call by itself: renameat is what replaces, renameat2 what must not.
  for call in renameat2 renameat; do
    for ((at = 1; ; at++)); do
      killed_at $call $at addonctl apply --yes "$BUNDLE" || break
      kills=$((kills + 1))
      expect_exit 0 addonctl recover
      expect_contains "$OUT" Recovered.
      if [[ $ERR == *"it had been committed"* ]]; then
        finished=$((finished + 1))
        expect_running probe 1.1.0 cap_net_raw
        expect_exit 0 addonctl rollback --yes probe
        host_run rm -r $ADDONS/probe/versions/1.1.0
        continue
      fi
      expect_same "$old" "$(snapshot_installed)" "the host, killed at $call $at"
      expect_running probe 1.0.0 cap_net_raw
    done
    # It ran to its end.
    expect_running probe 1.1.0 cap_net_raw
    expect_exit 0 addonctl rollback --yes probe
    host_run rm -r $ADDONS/probe/versions/1.1.0
  done
  # The last rename is behind the commit: of the audit log's head.
  ((kills == 6 && finished == 1)) || fail "killed $kills times, $finished of them behind the commit"
}

runs() { [[ $(process_program "$(main_pid "addon-$1.service")" 2>/dev/null) == "$ADDONS/$1/versions/$2/$1" ]]; }

case_an_upgrade_killed_while_it_watches_the_service_brings_the_old_one_back() {
  local old waiting verb
  make_good probe 1.0.0
  apply "$BUNDLE"
  old=$(snapshot)
  # It runs at once, and addonctl then watches it for longer than a case may take.
  make_good probe 1.1.0 timeout=90s stable=60s
  host_run sh -c "addonctl apply --yes $BUNDLE >/dev/null 2>&1 & echo \$! >/root/work/run; wait" || true &
  waiting=$!
  wait_until 30 runs probe 1.1.0
  # Nobody who looks waits for it, and nobody is shown what is half of each.
  for verb in status diff plan; do
    expect_exit 7 addonctl $verb
    expect_contains "$ERR" "the host is between two generations"
  done
  host_run sh -c 'kill -9 $(cat /root/work/run)'
  wait $waiting || true
  expect_exit 7 addonctl status
  expect_ne "$old" "$(snapshot)" "the host after the kill"
  expect_exit 0 addonctl recover
  expect_contains "$ERR" "was undone, and the host is as it was before"
  expect_same "$old" "$(snapshot)"
  expect_running probe 1.0.0 cap_net_raw
}

case_the_next_run_recovers_first() {
  make_good probe 1.0.0
  killed_at renameat2 2 addonctl apply --yes "$BUNDLE" || fail "it was not killed"
  expect_exit 0 addonctl apply --yes "$BUNDLE" --format json
  expect_json '.recovered.outcome == "undone" and .recovered.verb == "apply" and .applied'
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(host_run sh -c 'ls -A /var/lib/addonctl/journal')" "" "what is left of journals"
}

case_a_removal_killed_half_way_leaves_the_service_running() {
  local old
  make_good probe 1.0.0
  apply "$BUNDLE"
  old=$(snapshot)
  killed_at unlinkat 2 addonctl remove --yes probe || fail "it was not killed"
  expect_exit 0 addonctl recover
  expect_same "$old" "$(snapshot)"
  expect_running probe 1.0.0 cap_net_raw
}

case_recover_on_a_whole_host_does_nothing() {
  local before
  make_good probe 1.0.0
  apply "$BUNDLE"
  before=$(snapshot)
  expect_exit 0 addonctl recover
  expect_contains "$OUT" "Nothing to recover"
  expect_same "$before" "$(snapshot)"
}
