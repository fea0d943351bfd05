# shellcheck shell=bash
# Add-ons that systemd does not run, and the registry by which an agent learns of all of them.

REGISTRY=/var/lib/addonctl/registry.json

registry() { host_run jq -r "$1" $REGISTRY; }
# expect_registry "ID VERSION" …: exactly these, and the file is root's and for all to read.
expect_registry() {
  local wanted='' one
  for one; do wanted+=$one$'\n'; done
  expect_eq "$(registry '.addons[] | "\(.id) \(.version)"')" "${wanted%$'\n'}" "the registry"
  expect_eq "$(host_run stat -c '%F %a %U:%G' $REGISTRY)" "regular file 644 root:root" "$REGISTRY"
}

# ID's entry names a program that is there, with these bytes and capabilities.
expect_ready() {
  local id=$1 capabilities=$2 binary
  binary=$(registry ".addons[] | select(.id == \"$id\") | .exec.binary")
  expect_eq "sha256:$(host_run sha256sum "$binary" | cut -d ' ' -f 1)" \
    "$(registry ".addons[] | select(.id == \"$id\") | .exec.sha256")" "the digest of $binary"
  expect_eq "$(file_capabilities "$binary")" "$capabilities" "getcap $binary"
}

make_sidecar() { make_bundle "$1-$2" "$@" supervision=agent-sidecar; }

case_a_sidecar_has_files_and_capabilities_and_no_unit() {
  make_sidecar relay 1.0.0 manifest='plugin: {protocol: grpc}\nresources: {tasks_max: 8}'
  local bundle=$BUNDLE
  expect_exit 0 addonctl plan "$bundle"
  expect_contains "$OUT" "registry      + relay 1.0.0"
  apply "$bundle"
  expect_registry "relay 1.0.0"
  expect_ready relay cap_net_raw
  expect_eq "$(registry '.addons[0] | "\(.plugin.protocol) \(.resources.tasks_max) \(.path)"')" \
    "grpc 8 /opt/addons/relay/versions/1.0.0" "what the agent is told"
  expect_eq "$(host_run readlink $ADDONS/relay/current)" versions/1.0.0 current
  expect_eq "$(host_run ls -A $UNITS)" "" "what is in $UNITS"
  apply "$bundle"
  expect_contains "$OUT" "No changes"
  make_sidecar relay 1.1.0 caps=CAP_NET_ADMIN
  apply "$BUNDLE"
  expect_registry "relay 1.1.0"
  expect_ready relay cap_net_admin
  expect_eq "$(file_capabilities $ADDONS/relay/versions/1.0.0/relay)" "" "getcap of the old version"
  expect_exit 0 addonctl rollback --yes relay
  expect_registry "relay 1.0.0"
  expect_ready relay cap_net_raw
  expect_exit 0 addonctl status
  expect_contains "$OUT" agent-sidecar
  expect_exit 0 addonctl remove --yes relay
  expect_registry
  expect_absent $ADDONS/relay/current
  expect_exit 0 addonctl verify
}

case_a_helper_is_found_by_its_path() {
  make_bundle check-1.0.0 check 1.0.0 supervision=ephemeral-helper program=/usr/bin/true
  apply "$BUNDLE"
  expect_ready check cap_net_raw
  host_run "$(registry '.addons[0].exec.binary')"
}

case_a_toggle_has_an_entry_and_nothing_else() {
  make_toggle shell 1.0.0
  apply "$BUNDLE"
  expect_registry "shell 1.0.0"
  expect_eq "$(registry '.addons[0] | "\(.enabled) \(.path) \(.exec)"')" "true null null" "the entry"
  expect_absent $ADDONS
  make_toggle shell 2.0.0
  apply "$BUNDLE"
  expect_registry "shell 2.0.0"
  expect_exit 0 addonctl diff
  expect_exit 0 addonctl verify
  # What it goes back to is nowhere but in the record.
  host_run rm -rf $BUNDLES
  expect_exit 0 addonctl rollback --yes shell
  expect_registry "shell 1.0.0"
  expect_exit 0 addonctl gc --keep 1
  expect_exit 0 addonctl remove --yes shell
  expect_registry
}

case_a_toggle_that_no_line_allows_is_denied() {
  host_run sed -i 's/, config-toggle//; s/, compiled-in//' /etc/addonctl/policy.yaml
  make_toggle shell 1.0.0
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "no policy line allows delivery compiled-in"
  expect_contains "$ERR" "no policy line allows supervision config-toggle"
}

case_an_add_on_goes_from_sidecar_to_service_to_toggle_and_back() {
  make_sidecar probe 1.0.0
  apply "$BUNDLE"
  make_good probe 2.0.0
  apply "$BUNDLE"
  expect_running probe 2.0.0 cap_net_raw
  expect_registry "probe 2.0.0"
  make_toggle probe 3.0.0
  apply "$BUNDLE"
  expect_not_installed probe
  expect_registry "probe 3.0.0"
  # A change that fails leaves the toggle as it was.
  make_failing probe 4.0.0
  local before
  before=$(snapshot)
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  expect_same "$before" "$(snapshot)"
  expect_exit 0 addonctl rollback --yes probe
  expect_running probe 2.0.0 cap_net_raw
  expect_exit 0 addonctl rollback --yes --to 1
  expect_registry "probe 1.0.0"
  expect_ready probe cap_net_raw
  expect_inactive addon-probe.service
  expect_exit 0 addonctl verify
}

case_what_is_needed_comes_first_and_goes_last() {
  make_good base 1.0.0 run_as=addon-scan
  local base=$BUNDLE
  make_good app 1.0.0
  host_run sed -i '/^requires:/a\  addons: [{id: base, version: ">=1.0.0"}]' "$BUNDLE/addon.yaml"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "app needs add-on base >=1.0.0"
  apply "$BUNDLE" "$base"
  expect_running app 1.0.0 cap_net_raw
  expect_refused 1 addonctl remove --yes base
  expect_contains "$ERR" "base would go, and app 1.0.0, which is active, needs base >=1.0.0"
  expect_exit 0 addonctl remove --yes base app
  expect_not_installed base
  expect_not_installed app
}

case_a_registry_that_was_edited_is_drift() {
  make_sidecar relay 1.0.0
  apply "$BUNDLE"
  host_run sh -c "echo '{\"addons\": []}' >$REGISTRY"
  expect_exit 5 addonctl diff
  expect_contains "$OUT" "registry $REGISTRY"
  expect_exit 5 addonctl verify
  apply "$BUNDLE"
  expect_registry "relay 1.0.0"
  expect_exit 0 addonctl diff
}

# What an agent would do at each state: see that all is there. Where the registry is another one by then, it will be
# called again.
write_agent() {
  cat >"$HOST_ROOT/root/work/agent" <<'END'
#!/bin/sh
state=$(cat)
problem=$(echo "$state" | jq -r '.addons[] | select(.exec) | [.id, .exec.binary, .exec.sha256, (.os_capabilities | join(","))] | @tsv' |
  while IFS='	' read -r id binary digest capabilities; do
    [ "sha256:$(sha256sum "$binary" | cut -d ' ' -f 1)" = "$digest" ] || echo "$id: bytes of $binary"
    [ "$(getcap "$binary" | sed 's/^.* //; s/[=+]ep$//')" = "$capabilities" ] || echo "$id: capabilities of $binary"
  done 2>&1)
echo x >>/root/work/looks
[ -z "$problem" ] || [ "$state" != "$(cat /var/lib/addonctl/registry.json)" ] || echo "$problem" >>/root/work/problems
END
  chmod 0755 "$HOST_ROOT/root/work/agent"
}

# Several changes may be one to a watcher that is busy, so what it is to have seen is waited for.
watched() { wait_until 20 host_run grep -q "^$1" /root/work/changes; }

case_whoever_watches_the_registry_never_sees_what_is_not_ready() {
  local version changes
  write_agent
  host_run sh -c 'registry-watch /var/lib/addonctl /root/work/agent >/root/work/changes 2>/root/work/errors & echo $! >/root/work/pid'
  for version in 1.0.0 1.1.0 1.2.0; do
    make_sidecar relay $version
    apply "$BUNDLE"
    make_good probe $version
    apply "$BUNDLE"
    [[ $version == 1.1.0 ]] || watched "[+~] probe $version"
  done
  make_failing probe 1.3.0
  expect_exit 8 addonctl apply --yes "$BUNDLE"
  host_run setcap -r $ADDONS/relay/versions/1.2.0/relay
  apply "$BUNDLES/relay-1.2.0"
  make_toggle shell 1.0.0
  apply "$BUNDLE"
  watched '+ shell 1.0.0'
  expect_exit 0 addonctl rollback --yes relay
  watched '~ relay 1.1.0'
  expect_exit 0 addonctl remove --yes relay probe
  watched '- relay 1.1.0'
  host_run sh -c 'kill $(cat /root/work/pid)'
  changes=$(host_run cat /root/work/changes)
  echo "$changes"
  expect_eq "$(host_run cat /root/work/errors)" "" "what the watcher complains of"
  expect_absent /root/work/problems
  expect_contains "$changes" " relay 1.0.0 (agent-sidecar): /opt/addons/relay/versions/1.0.0/relay"
  expect_contains "$changes" "~ relay 1.2.0"
  expect_contains "$changes" "~ probe 1.2.0"
  expect_contains "$changes" "+ shell 1.0.0 (config-toggle): no program"
  expect_contains "$changes" "- probe 1.2.0"
  expect_lacks "$changes" "probe 1.3.0"
  [[ $(host_run wc -l /root/work/looks | cut -d ' ' -f 1) -ge 10 ]] || fail "the agent looked too rarely"
}
