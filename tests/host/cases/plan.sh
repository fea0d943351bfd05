# shellcheck shell=bash
# Plans that say what will be done, and apply that does only that.

case_planning_changes_nothing_and_says_what_would_change() {
  local before
  make_good probe 1.0.0
  before=$(snapshot)
  expect_exit 0 addonctl plan "$BUNDLE"
  expect_contains "$OUT" probe
  expect_contains "$OUT" cap_net_raw
  expect_contains "$OUT" policy.yaml:5
  expect_exit 5 addonctl plan --detailed-exitcode "$BUNDLE"
  expect_same "$before" "$(snapshot)"
  apply "$BUNDLE"
  expect_exit 0 addonctl plan --detailed-exitcode "$BUNDLE"
}

case_a_saved_plan_runs_without_asking() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  expect_exit 0 addonctl show /root/work/plan.json
  expect_exit 0 addonctl apply /root/work/plan.json
  expect_running probe 1.0.0 cap_net_raw
}

case_an_edited_plan_is_invalid() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  sed -i 's/cap_net_raw/cap_net_admin/; s/CAP_NET_RAW/CAP_NET_ADMIN/' "$HOST_ROOT/root/work/plan.json"
  expect_refused 3 addonctl apply /root/work/plan.json
  expect_absent $ADDONS/probe
}

case_a_plan_with_another_digest_is_invalid() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  jq '.plan.digest |= sub("[0-9a-f]{8}$"; "00000000")' "$HOST_ROOT/root/work/plan.json" \
    >"$HOST_ROOT/root/work/forged.json"
  expect_refused 3 addonctl apply /root/work/forged.json
  expect_absent $ADDONS/probe
}

case_a_plan_is_stale_when_the_bundle_has_changed() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  echo more >>"$HOST_ROOT$BUNDLE/probe"
  expect_refused 6 addonctl apply /root/work/plan.json
  expect_absent $ADDONS/probe
}

case_a_unit_that_was_changed_after_planning_installs_nothing() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  echo Nice=5 >>"$HOST_ROOT$BUNDLE/addon-probe.service"
  expect_refused 6 addonctl apply /root/work/plan.json
  expect_not_installed probe
}

case_a_plan_is_stale_when_the_policy_has_changed() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  sed -i 's/CAP_NET_BIND_SERVICE/CAP_BPF/' "$HOST_ROOT/etc/addonctl/policy.yaml"
  expect_refused 6 addonctl apply /root/work/plan.json
}

case_a_plan_is_stale_when_the_host_has_changed() {
  make_good probe 1.1.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_refused 6 addonctl apply /root/work/plan.json
  expect_running probe 1.0.0 cap_net_raw
}

case_a_plan_applies_only_once() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  expect_exit 0 addonctl apply /root/work/plan.json
  expect_refused 6 addonctl apply /root/work/plan.json
}

case_apply_of_a_bundle_without_a_terminal_needs_yes() {
  make_good probe 1.0.0
  expect_refused 2 addonctl apply "$BUNDLE"
  expect_contains "$ERR" --yes
  expect_absent $ADDONS/probe
}

case_status_and_history_have_their_keys() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_exit 0 addonctl status --format json
  expect_json '.schema == "addonctl.report/v1" and .verb == "status" and .exit == 0 and (.findings | type) == "array"'
  expect_json '.generation == 1'
  expect_json '.addons | length == 1'
  expect_json '.addons[0] | .id == "probe" and .version == "1.0.0"
    and .delivery == "pushed-artifact" and .supervision == "systemd-service"
    and .drift == []
    and (.units | length == 1) and (.units[0] | .name == "addon-probe.service" and .enabled == true and .active == true)'
  expect_json '.addons[0].current | endswith("versions/1.0.0")'
  expect_json '.addons[0].file_capabilities | length == 1 and (to_entries[0] | (.key | endswith("/probe")) and .value == "cap_net_raw=ep")'
  expect_exit 0 addonctl status probe --format json
  expect_json '.addons[0].id == "probe"'
  expect_exit 0 addonctl history --format json
  expect_json '.verb == "history" and .exit == 0 and (.generations | length) >= 1'
}

case_plan_json_has_its_keys() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" --format json
  expect_json '.schema == "addonctl.report/v1" and .verb == "plan" and .exit == 0'
  expect_json '.plan | .schema == "addonctl.plan/v1" and (.digest | type) == "string"
    and (.inputs | has("policy") and has("host")) and .inputs.addons[0].id == "probe"
    and (.inputs.addons[0].files | has("probe"))'
  expect_json '.plan.summary == {"add": 1, "update": 0, "remove": 0, "unchanged": 0}'
  expect_json '.plan.steps | length > 0 and all(has("op"))'
  expect_json '[.plan.steps[].op] | index("set-capabilities") < index("switch-current")'
}
