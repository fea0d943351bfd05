# shellcheck shell=bash
# What someone changed by hand: diff finds it, and applying the same bundle repairs it.

# expect_drift WORD COMMAND…: after COMMAND diff says so and names WORD; the same bundle repairs it.
expect_drift_repaired() {
  local word=$1 good
  shift
  make_good probe 1.0.0
  apply "$BUNDLE"
  good=$(snapshot_installed)
  expect_exit 0 addonctl diff
  host_run "$@"
  expect_exit 5 addonctl diff
  expect_contains "$OUT" "$word"
  expect_exit 5 addonctl diff probe
  expect_exit 0 addonctl status --format json
  expect_json '.addons[0].drift | length == 1'
  apply "$BUNDLE"
  expect_exit 0 addonctl diff
  expect_same "$good" "$(snapshot_installed)"
  expect_running probe 1.0.0 cap_net_raw
}

case_capabilities_taken_away_are_drift_and_repaired() {
  expect_drift_repaired cap_net_raw setcap -r $ADDONS/probe/versions/1.0.0/probe
}

case_capabilities_added_are_drift_and_repaired() {
  expect_drift_repaired cap_sys_admin setcap cap_net_raw,cap_sys_admin=ep $ADDONS/probe/versions/1.0.0/probe
}

case_a_changed_mode_is_drift_and_repaired() {
  expect_drift_repaired versions/1.0.0 chmod 0777 $ADDONS/probe/versions/1.0.0/probe
}

case_a_changed_owner_is_drift_and_repaired() {
  # chown drops the capabilities, so they are set again: one thing drifts, not two.
  expect_drift_repaired versions/1.0.0 sh -c "chown operator $ADDONS/probe/versions/1.0.0/probe &&
    setcap cap_net_raw=ep $ADDONS/probe/versions/1.0.0/probe"
}

case_a_changed_binary_is_drift_and_repaired() {
  expect_drift_repaired versions/1.0.0 sh -c "cp $ADDONS/probe/versions/1.0.0/probe /root/work/new &&
    echo tampered >>/root/work/new && chgrp addon-probe /root/work/new && chmod 0750 /root/work/new &&
    setcap cap_net_raw=ep /root/work/new && mv /root/work/new $ADDONS/probe/versions/1.0.0/probe"
}

case_an_edited_unit_is_drift_and_repaired() {
  expect_drift_repaired addon-probe.service sh -c "echo Nice=5 >>$UNITS/addon-probe.service && systemctl daemon-reload"
}

case_a_deleted_unit_is_drift_and_repaired() {
  expect_drift_repaired addon-probe.service rm $UNITS/addon-probe.service
}

case_a_disabled_unit_is_drift_and_repaired() {
  expect_drift_repaired addon-probe.service systemctl --quiet disable addon-probe.service
}

case_a_stopped_unit_is_drift_and_repaired() {
  expect_drift_repaired addon-probe.service systemctl stop addon-probe.service
}

case_diff_says_of_a_service_that_died_that_it_failed() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run systemctl kill --signal=KILL addon-probe.service
  wait_until 10 host_run systemctl is-failed --quiet addon-probe.service
  expect_exit 5 addonctl diff --format json
  expect_json '.drift == [{"addon": "probe", "kind": "running", "path": "addon-probe.service", "expected": "active", "actual": "failed"}]'
}

case_diff_names_what_about_which_file_has_drifted() {
  local directory=$ADDONS/probe/versions/1.0.0
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run sh -c "cd $directory && echo ' ' >>config.schema.json && chmod 0666 addon.yaml &&
    chown operator addon-probe.service && touch extra"
  expect_exit 5 addonctl diff --format json
  OUT=$(jq "[.drift[] | {kind, path, expected, actual}] | sort_by(.path)" <<<"$OUT")
  expect_json "map(.path) == [\"$directory/addon-probe.service\", \"$directory/addon.yaml\", \"$directory/config.schema.json\", \"$directory/extra\"]"
  expect_json 'map(.kind) == ["owner", "mode", "bytes", "stray"]'
  expect_json ".[0].expected == \"0:0\" and .[0].actual == \"$(host_run id -u operator):0\""
  expect_json '.[1].expected == "0644" and .[1].actual == "0666"'
  expect_json ".[2].actual == \"sha256:$(host_run sha256sum $directory/config.schema.json | cut -d ' ' -f 1)\""
  apply "$BUNDLE"
  expect_exit 0 addonctl diff
}

case_diff_of_an_untouched_host_is_silent_about_drift() {
  expect_exit 0 addonctl diff
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_exit 0 addonctl diff --format json
  expect_json '.verb == "diff" and .exit == 0'
}

case_apply_of_another_add_on_leaves_drift_alone() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run setcap -r $ADDONS/probe/versions/1.0.0/probe
  make_good other 1.0.0
  apply "$BUNDLE"
  expect_running other 1.0.0 cap_net_raw
  expect_exit 5 addonctl diff probe
  expect_exit 0 addonctl diff other
}

case_a_foreign_drop_in_is_drift_until_it_was_judged_and_applied() {
  local dropped=/etc/systemd/system/addon-probe.service.d/host.conf digest
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run mkdir -p "${dropped%/*}"
  printf '[Service]\nNice=7\n' | host_run tee $dropped >/dev/null
  digest=sha256:$(host_run sha256sum $dropped | cut -d ' ' -f 1)
  expect_exit 5 addonctl diff --format json
  expect_json ".drift == [{\"addon\": \"probe\", \"kind\": \"foreign-drop-in\", \"path\": \"$dropped\", \"expected\": null, \"actual\": \"$digest\"}]"
  expect_exit 5 addonctl verify
  expect_exit 5 addonctl plan --detailed-exitcode "$BUNDLE"
  expect_contains "$OUT" $dropped
  apply "$BUNDLE"
  expect_exit 0 addonctl diff
  expect_eq "$(unit_property addon-probe.service Nice)" 7 "Nice="
  # Another add-on's run keeps what was recorded.
  make_good other 1.0.0
  apply "$BUNDLE"
  host_run rm -r "${dropped%/*}"
  expect_exit 5 addonctl diff --format json
  expect_json ".drift == [{\"addon\": \"probe\", \"kind\": \"foreign-drop-in\", \"path\": \"$dropped\", \"expected\": \"$digest\", \"actual\": \"missing\"}]"
}

case_a_foreign_drop_in_that_policy_denies_cannot_be_applied_away() {
  local dropped=/etc/systemd/system/addon-probe.service.d/host.conf
  make_good probe 1.0.0
  apply "$BUNDLE"
  host_run mkdir -p "${dropped%/*}"
  printf '[Service]\nUser=root\n' | host_run tee $dropped >/dev/null
  expect_exit 5 addonctl diff
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "$dropped:2:1"
  host_run rm -r "${dropped%/*}"
  expect_exit 0 addonctl diff
}
