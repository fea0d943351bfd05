# shellcheck shell=bash
# The guide for a site that starts from a playbook or a script: all of its commands, in their order, on a real host.

GUIDE=$REPOSITORY/docs/migration.md

# blocks LANGUAGE: the code of those fences, with a line of "---8<---" behind each.
blocks() {
  awk -v fence="\`\`\`$1" '$0 == fence {inside = 1; next} inside && $0 == "```" {inside = 0; print "---8<---"; next} inside' "$GUIDE"
}

# A block as a script: "# exits N" behind a command is what it must end with, every other one must succeed.
guide_script() {
  printf '%s\n' 'set -eu' 'cd /root/work' 'sudo() { "$@"; }' \
    'exits() { want=$1; shift; got=0; "$@" || got=$?; [ $got = $want ] || { echo "exit $got, not $want: $*" >&2; exit 1; }; }'
  sed -E 's/^(.*[^ ]) +# exits ([0-9]+)$/exits \2 \1/'
}

case_every_command_of_the_guide_for_migration_works() {
  local block= line count=0 refusal
  rm "$HOST_ROOT/etc/addonctl/policy.yaml"
  refusal=$(blocks text | sed '/^---8<---$/d')
  [[ -n $refusal ]] || fail "the guide shows no refusal"
  while IFS= read -r line; do
    [[ $line == "---8<---" ]] || { block+=$line$'\n' && continue; }
    guide_script <<<"$block" >"$HOST_ROOT/root/work/block"
    expect_exit 0 bash /root/work/block
    [[ $block != "addonctl plan"* ]] || expect_contains "$ERR" "$refusal"
    [[ $block != *"plan.md"* ]] || expect_contains "$(host_run cat /root/work/plan.md)" "### Plan: 1 to add"
    [[ $block != *"addonctl apply --yes bundles"*status* ]] || expect_running site-probe 1.0.0 cap_net_raw site-probe.service
    [[ $block != *"addonctl rollback"* ]] || expect_running site-probe 1.0.0 cap_net_raw site-probe.service
    [[ $block != *"bundle build"* ]] || run_tasks
    count=$((count + 1)) block=
  done < <(blocks sh)
  ((count >= 12)) || fail "only $count blocks were found"
  expect_not_installed site-probe site-probe.service
}

# The commands of its Ansible tasks: what is active already is not applied again.
run_tasks() {
  local tasks=0 task words
  while IFS= read -r task; do
    read -ra words <<<"$task"
    expect_exit 0 "${words[@]}"
    [[ $task != *apply* ]] || expect_json '.applied == false'
    [[ $task != *diff* ]] || expect_json '.drift == []'
    tasks=$((tasks + 1))
  done < <(blocks yaml | sed -n 's/^ *ansible.builtin.command: //p')
  ((tasks == 2)) || fail "$tasks tasks were found"
}
