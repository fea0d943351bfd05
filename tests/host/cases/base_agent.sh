# shellcheck shell=bash
# requires.base_agent, and programs for another machine.

AGENT_VERSION=/etc/addonctl/agent-version

make_needing_agent() {
  make_good probe 1.0.0
  sed -i 's/^requires:/&\n  base_agent: ">=1.2.0"/' "$HOST_ROOT$BUNDLE/addon.yaml"
}

# agent SCRIPT: a program of the host that the policy names.
agent() {
  printf '#!/bin/sh\n%s\n' "$1" >"$HOST_ROOT/root/work/agent"
  install -D -m 0755 "$HOST_ROOT/root/work/agent" "$HOST_ROOT/usr/local/bin/test-agent"
  mkdir -p "$HOST_ROOT/etc/addonctl/policy.d"
  printf 'policy: agent\nbase_agent: {version_command: [/usr/local/bin/test-agent, --version]}\n' \
    >"$HOST_ROOT/etc/addonctl/policy.d/agent.yaml"
}

case_without_a_known_base_agent_an_add_on_that_needs_one_is_refused() {
  make_needing_agent
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" host-base-agent
  expect_contains "$ERR" "nothing on this host says which one it has"
}

case_the_base_agents_version_file_decides() {
  make_needing_agent
  echo 1.1.9 >"$HOST_ROOT$AGENT_VERSION"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "this host has 1.1.9, by $AGENT_VERSION"
  echo new >"$HOST_ROOT$AGENT_VERSION"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" 'no version'
  printf '1.2.0\nbuilt today\n' >"$HOST_ROOT$AGENT_VERSION"
  host_run chmod 0666 $AGENT_VERSION
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "may be written to by others"
  host_run chmod 0644 $AGENT_VERSION
  apply "$BUNDLE"
}

case_the_policys_command_tells_the_base_agents_version_without_any_privilege() {
  make_needing_agent
  agent 'echo "agent v1.4.2 ($(id -un) $(grep CapEff: /proc/self/status | tr -d "\t"))"; [ ! -e /root/work/env ] || env'
  apply "$BUNDLE"
  agent 'test "$(id -u)" = 65534 && grep -q "^CapEff:.0*$" /proc/self/status && echo 1.3.0 || echo 0.1.0'
  expect_exit 0 addonctl remove --yes probe
  apply "$BUNDLE"
  agent 'echo 1.1.0'
  expect_exit 0 addonctl remove --yes probe
  expect_exit 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "this host has 1.1.0, by /usr/local/bin/test-agent"
  agent 'exit 3'
  expect_exit 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "exited with status 3"
  host_run chown operator /usr/local/bin/test-agent
  expect_exit 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "others than root can change /usr/local/bin/test-agent"
}

case_a_saved_plan_is_stale_once_the_base_agent_was_replaced() {
  make_needing_agent
  echo 1.2.0 >"$HOST_ROOT$AGENT_VERSION"
  expect_exit 0 addonctl plan -o /root/work/plan.json "$BUNDLE"
  echo 1.3.0 >"$HOST_ROOT$AGENT_VERSION"
  expect_refused 6 addonctl apply /root/work/plan.json
}

case_a_program_for_another_machine_is_refused() {
  make_good probe 1.0.0
  # e_machine: EM_AARCH64, or EM_X86_64 where that is this machine's.
  local other='\267'
  [[ $(uname -m) != aarch64 ]] || other='\076'
  printf "$other" | dd of="$HOST_ROOT$BUNDLE/probe" bs=1 seek=18 conv=notrunc status=none
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" host-architecture
}
