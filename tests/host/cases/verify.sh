# shellcheck shell=bash
# verify, and the audit log that it checks.

# Versions 1.0.0 and 1.1.0, the later one active.
two_versions() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0
  apply "$BUNDLE"
}

# expect_problem KIND TEXT: verify finds it, and nothing else.
expect_problem() {
  expect_exit 5 addonctl verify --format json
  expect_json ".drift == [] and (.problems | length) == 1 and .problems[0].kind == \"$1\""
  expect_contains "$(jq -r '.problems[0].message' <<<"$OUT")" "$2"
  expect_ne "$(jq -r '.problems[0].fix' <<<"$OUT")" "" "what to do"
}

case_verify_looks_at_everything_and_finds_nothing_where_nothing_is_wrong() {
  expect_exit 0 addonctl verify
  two_versions
  expect_exit 0 addonctl rollback --yes probe
  expect_exit 0 addonctl verify
  expect_contains "$OUT" "2 versions, 3 generations, 3 lines of the audit log"
  expect_exit 0 addonctl verify --format json
  expect_json '.generation == 3 and .problems == [] and .drift == [] and .checked.audit_lines == 3'
}

case_verify_hashes_what_diff_takes_for_unchanged() {
  two_versions
  # Bytes that change without the file's times: here the record is made to know the file as it is now.
  host_run sh -euc '
    file=$1 record=/var/lib/addonctl/generations/2.json
    printf X | dd of="$file" bs=1 seek=$(($(stat -c %s "$file") - 2)) conv=notrunc status=none
    digest=$(jq -r ".addons[0].files[] | select(.path == \"config.schema.json\").sha256" $record)
    known=$(stat -c "%d,%i,%s,%.9Y,%.9Z" "$file" | tr -d .)
    sed -i "s/\"known\":\[/&[$known,\"$digest\"],/" $record' sh $ADDONS/probe/versions/1.1.0/config.schema.json
  expect_exit 0 addonctl diff
  expect_exit 5 addonctl verify --format json
  expect_json '[.drift[].kind] == ["bytes"]'
}

case_verify_finds_a_change_in_a_version_that_is_not_active() {
  two_versions
  local file=$ADDONS/probe/versions/1.0.0/probe
  host_run sh -c "cp -a $file /root/work/ && echo x >>$file"
  expect_problem version "has other files than when it was installed"
  expect_exit 0 addonctl diff
  host_run cp -a /root/work/probe $file
  host_run setcap cap_sys_admin=ep $file
  expect_problem version "is not active, but probe has cap_sys_admin=ep"
  host_run sh -c "setcap -r $file && chmod 0777 $file"
  expect_problem version "of another owner or mode"
  host_run rm -r $ADDONS/probe/versions/1.0.0
  expect_problem version "is missing"
}

case_verify_finds_records_that_are_missing_or_damaged() {
  two_versions
  make_good probe 1.2.0
  apply "$BUNDLE"
  host_run mv /var/lib/addonctl/generations/2.json /root/work/
  expect_problem generation "generations 2 to 2 are missing"
  host_run mv /root/work/2.json /var/lib/addonctl/generations/
  host_run sh -c 'cp /var/lib/addonctl/generations/1.json /root/work && echo "{" >/var/lib/addonctl/generations/1.json'
  expect_problem generation 1.json
  host_run sh -c 'cp /root/work/1.json /var/lib/addonctl/generations/ && touch /var/lib/addonctl/generations/9.json.damaged'
  expect_problem generation "put aside"
}

case_verify_finds_a_line_of_the_audit_log_that_was_changed() {
  two_versions
  expect_exit 0 addonctl remove --yes probe
  host_run sed -i '2s/1\.1\.0/1.9.9/' /var/lib/addonctl/audit.log
  expect_problem audit "audit.log:2: the line was changed"
}

case_verify_finds_a_line_of_the_audit_log_that_was_removed_and_an_end_that_was_cut_off() {
  two_versions
  expect_exit 0 addonctl remove --yes probe
  host_run cp /var/lib/addonctl/audit.log /root/work/
  host_run sed -i 2d /var/lib/addonctl/audit.log
  expect_problem audit "audit.log:2: it is line 3 of the log and follows line 1"
  host_run sh -c 'head -n 2 /root/work/audit.log >/var/lib/addonctl/audit.log'
  expect_problem audit "the audit log ends with line 2"
}

case_verify_says_that_a_run_was_cut_off() {
  two_versions
  make_good probe 1.2.0
  host_run strace -f -qq -o /dev/null -e trace=renameat -e inject=renameat:signal=KILL:when=2 \
    addonctl apply --yes "$BUNDLE" >/dev/null 2>&1 || true
  expect_exit 5 addonctl verify --format json
  expect_json '[.problems[].kind] == ["journal"]'
  expect_exit 0 addonctl recover
  expect_exit 0 addonctl verify
}

case_an_ordinary_user_is_told_that_only_root_may_verify() {
  expect_exit 10 setpriv --reuid operator --regid operator --clear-groups addonctl verify
}

case_the_audit_log_says_who_did_what_and_how_it_ended() {
  make_good probe 1.0.0
  expect_exit 0 systemd-run --quiet --wait --pipe --unit=deploy.service /usr/bin/env addonctl apply --yes "$BUNDLE"
  make_failing probe 1.1.0
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_exit 0 addonctl gc --keep 1
  expect_exit 0 addonctl remove --yes probe
  expect_exit 0 addonctl gc --keep 1
  OUT=$(host_run jq -s . /var/lib/addonctl/audit.log)
  expect_json '[.[] | "\(.verb) \(.outcome)"] == ["apply done", "apply rolled-back", "remove done", "gc done"]'
  expect_json '[.[].seq] == [1, 2, 3, 4]'
  expect_json '.[0].caller.user == "root" and .[0].caller.unit == "deploy.service" and .[0].addons == ["probe"]'
  expect_json '.[0].policy_digest | startswith("sha256:")'
  expect_json '(.[1].error | contains("addon-probe.service")) and .[1].generation == 2'
  expect_json '.[3].summary == "removed 1 version and 1 generation"'
  expect_eq "$(host_run stat -c '%a %U' /var/lib/addonctl/audit.log)" "600 root" "mode and owner"
}

case_history_says_who_asked() {
  make_good probe 1.0.0
  expect_exit 0 systemd-run --quiet --wait --pipe --unit=deploy.service /usr/bin/env addonctl apply --yes "$BUNDLE"
  expect_exit 0 addonctl history
  expect_contains "$OUT" "root, by deploy.service"
  expect_exit 0 addonctl history --format json
  expect_json '.generations[0].caller.unit == "deploy.service"'
}

case_systemds_journal_has_what_the_audit_log_has_by_fields() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run journalctl --sync
  OUT=$(host_run journalctl --quiet --output=json ADDON_ID=probe SYSLOG_IDENTIFIER=addonctl | tail -n 1)
  expect_json '.ADDONCTL_VERB == "apply" and .ADDONCTL_OUTCOME == "done" and .PRIORITY == "5"'
  expect_json '(.MESSAGE_ID | length) == 32 and .MESSAGE == "apply: added probe 1.0.0"'
  expect_eq "$(jq -r .ADDONCTL_AUDIT_HASH <<<"$OUT")" "$(host_run jq -r .hash /var/lib/addonctl/audit.log)" "the hash"
}

case_a_change_that_could_not_be_recorded_is_not_made() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  make_good probe 1.1.0
  host_run chmod 0666 /var/lib/addonctl/audit.log
  expect_refused 8 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" audit.log
  expect_running probe 1.0.0 cap_net_raw
}
