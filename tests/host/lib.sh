# shellcheck shell=bash
# What the cases in cases/ are written with: asserts, snapshots, bundles, and questions to the host
# that do not go through addonctl.
#
# A case is a function case_NAME; its name read as words is a fact. It runs in a subshell with
# `set -euo pipefail`, on a host without add-ons, with the policy of policies/default.yaml.

source "$TESTS_HOST/../support/host.sh"

UNITS=/etc/systemd/system
ADDONS=/opt/addons
BUNDLES=/root/bundles

# --- asserts: the first that does not hold ends the case ---------------------------------------

fail() {
  echo "FAILED at$(case_lines): $*"
  exit 1
}

# Where in cases/ this is, innermost call first.
case_lines() {
  local index
  for ((index = 1; index < ${#BASH_SOURCE[@]}; index++)); do
    [[ ${BASH_SOURCE[index]} == */cases/* ]] || continue
    printf ' %s:%s' "$(basename "${BASH_SOURCE[index]}")" "${BASH_LINENO[index - 1]}"
  done
}

# expect_exit CODE COMMAND…: runs it in the host. Its output is in OUT and ERR afterwards.
expect_exit() {
  local wanted=$1 got=0
  shift
  host_run "$@" >"$SCRATCH/out" 2>"$SCRATCH/err" </dev/null || got=$?
  OUT=$(<"$SCRATCH/out") ERR=$(<"$SCRATCH/err")
  echo "\$ $*"
  [[ -z $OUT ]] || echo "$OUT"
  [[ -z $ERR ]] || echo "$ERR" | sed 's/^/2> /'
  [[ $got == "$wanted" ]] || fail "exit is $got, not $wanted: $*"
}

expect_eq() { [[ $1 == "$2" ]] || fail "${3:-value} is '$1', not '$2'"; }
expect_ne() { [[ $1 != "$2" ]] || fail "${3:-value} is still '$1'"; }
expect_contains() { [[ $1 == *"$2"* ]] || fail "'$2' is not in: $1"; }
expect_lacks() { [[ $1 != *"$2"* ]] || fail "'$2' is in: $1"; }
# A path in the host. A symlink is there whether or not its target is.
expect_present() { host_run test -e "$1" -o -L "$1" || fail "$1 is missing"; }
expect_absent() { host_run test ! -e "$1" -a ! -L "$1" || fail "$1 is there: $(host_run ls -lad "$1")"; }
expect_json() { jq -e "$1" <<<"$OUT" >/dev/null || fail "does not hold: $1"; }

# wait_until SECONDS COMMAND…: runs it here until it succeeds.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "did not come true: $*"
    sleep 0.05
  done
}

# --- snapshots ----------------------------------------------------------------------------------

# Everything that tells one tree from another: type, mode, owner, size, link target, bytes, and file
# capabilities. The audit log is left out, for it tells of what failed, too, and so is the directory that it is in.
snapshot() {
  local paths=("$@")
  [[ $# -gt 0 ]] || paths=("$ADDONS" "$UNITS" /var/lib/addonctl /etc/addonctl)
  host_run sh -c '
    for path; do
      depth=0; [ "$path" != /var/lib/addonctl ] || depth=1
      [ -e "$path" ] || { [ $depth = 1 ] || echo "$path: absent"; continue; }
      find "$path" -mindepth $depth ! -name "audit.*" \( -type d -printf "%p %y %m %U:%G\n" \
        -o -printf "%p %y %m %U:%G %s %n -> %l\n" \)
      find "$path" ! -name "audit.*" -type f -exec sha256sum {} +
      getcap -r "$path"
    done | LC_ALL=C sort' snapshot "${paths[@]}"
}

# The part of a snapshot that makes a difference to what runs.
snapshot_installed() { snapshot "$ADDONS" "$UNITS"; }

expect_same() {
  local before=$1 after=$2
  [[ $before == "$after" ]] && return
  diff <(echo "$before") <(echo "$after") || true
  fail "${3:-the host} is not as it was (< before, > now)"
}

# --- questions to the host ----------------------------------------------------------------------

unit_property() { host_run systemctl show --property "$2" --value "$1"; }
main_pid() { unit_property "$1" MainPID; }
is_active() { host_run systemctl is-active --quiet "$1"; }
is_enabled() { host_run systemctl is-enabled --quiet "$1"; }
expect_active() { is_active "$1" || fail "$1 is $(unit_property "$1" ActiveState)"; }
expect_inactive() { ! is_active "$1" || fail "$1 is active"; }
expect_enabled() { is_enabled "$1" || fail "$1 is not enabled"; }
expect_disabled() { ! is_enabled "$1" || fail "$1 is enabled"; }

# Names in alphabetical order, comma-separated; "" for none.
file_capabilities() { host_run getcap "$1" | sed 's/^.* //; s/[=+]ep$//'; }
process_capabilities() {
  local pid=$1 set=$2 hex
  hex=$(host_run sed -n "s/^$set:[[:space:]]*//p" "/proc/$pid/status")
  host_run capsh --decode="$hex" | sed 's/^[^=]*=//'
}
process_program() { host_run readlink "/proc/$1/exe"; }
process_user() { host_run ps -o user= -p "$1" | tr -d ' '; }

# How often systemd has reloaded its configuration since the host booted.
reload_count() {
  host_run journalctl --sync
  host_run journalctl --quiet --output=cat _PID=1 | grep -c '^Reloading\.$' || true
}

# ID runs VERSION with exactly these file capabilities, in the file and in the process.
expect_running() {
  local id=$1 version=$2 capabilities=$3 unit=${4:-addon-$1.service} pid set
  expect_active "$unit"
  expect_enabled "$unit"
  expect_eq "$(host_run readlink "$ADDONS/$id/current")" "versions/$version" "current of $id"
  expect_eq "$(file_capabilities "$ADDONS/$id/versions/$version/$id")" "$capabilities" "getcap of $id $version"
  pid=$(main_pid "$unit")
  expect_eq "$(process_program "$pid")" "$ADDONS/$id/versions/$version/$id" "the running program"
  for set in CapEff CapPrm; do
    expect_eq "$(process_capabilities "$pid" "$set")" "$capabilities" "$set of $id"
  done
}

# Nothing of ID is active: no link, no unit, no process, no capability.
expect_not_installed() {
  local id=$1 unit=${2:-addon-$1.service}
  expect_absent "$ADDONS/$id/current"
  expect_absent "$UNITS/$unit"
  expect_inactive "$unit"
  expect_eq "$(host_run find "$UNITS" -name "$unit")" "" "links to $unit"
  expect_eq "$(host_run sh -c "getcap -r $ADDONS/$id 2>/dev/null || true")" "" "capabilities below $ADDONS/$id"
}

# --- bundles ------------------------------------------------------------------------------------

# make_bundle NAME ID VERSION [KEY=VALUE…]: /root/bundles/NAME in the host, and its path in BUNDLE.
#   caps=CAP_NET_RAW        requires.os_capabilities, comma-separated
#   program=/usr/bin/sleep  what the binary is a copy of; each version gets bytes of its own
#   args=infinity           what ExecStart passes to it
#   run_as=addon-probe      the manifest's user, and the unit's unless user= says another
#   bounding=CAPS           CapabilityBoundingSet=, blank-separated; default: caps
#   unit=addon-ID.service   the unit's name; unit=none ships none
#   timer=                  OnCalendar=; makes it a systemd-timer
#   service=                further lines of [Service], "\n" between them
#   timeout=10s stable=50ms health=", exec: […]"
#   binary=ID               exec.binary
#   supervision=agent-sidecar, ephemeral-helper: ships no unit
#   manifest=               further lines of the manifest, "\n" between them
make_bundle() {
  local name=$1 id=$2 version=$3 pair
  local caps=CAP_NET_RAW program=/usr/bin/sleep args=infinity run_as=addon-probe unit=addon-$id.service
  local timer='' service='' timeout=10s stable=50ms binary=$id manifest='' bounding='' user='' health='' supervision=''
  for pair in "${@:4}"; do
    local "${pair%%=*}"
    printf -v "${pair%%=*}" %s "${pair#*=}"
  done
  BUNDLE=$BUNDLES/$name
  local directory=$HOST_ROOT$BUNDLE
  mkdir -p "$directory"
  [[ -z $supervision ]] || unit=none
  [[ -z $timer ]] || supervision=systemd-timer
  : "${supervision:=systemd-service}"
  : "${bounding:=${caps//,/ }}" "${user:=$run_as}"

  write_manifest >"$directory/addon.yaml"
  echo '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}' >"$directory/config.schema.json"
  if [[ $binary != */* ]]; then
    # What follows an ELF image is not read by anyone: another version, another digest.
    { cat "$program" && echo "$id $version"; } >"$directory/$binary"
    chmod 0755 "$directory/$binary"
  fi
  [[ $unit == none || $unit == */* ]] || write_service >"$directory/$unit"
  [[ -z $timer ]] || write_timer >"$directory/${unit%.service}.timer"
}

write_manifest() {
  cat <<END
id: $id
name: Test add-on $id
version: $version
kind: native
delivery: pushed-artifact
supervision: $supervision
capabilities: [test]
requires:
  agent_capabilities: []
  platforms: [linux]
  os_capabilities: [$caps]
  run_as: $run_as
exec: {binary: $binary, install_path: /usr/local/lib/addons}
health: {timeout: $timeout, stable_for: $stable$health}
config_schema: config.schema.json
END
  [[ -z $manifest ]] || printf '%b\n' "$manifest"
}

write_service() {
  [[ -z $timer ]] || service+='\nType=oneshot'
  cat <<END
[Unit]
Description=Test add-on $id $version

[Service]
User=$user
ExecStart=$ADDONS/$id/current/$binary $args
CapabilityBoundingSet=$bounding
END
  printf '%b\n' "$service"
  [[ -n $timer ]] || printf '[Install]\nWantedBy=multi-user.target\n'
}

write_timer() {
  printf '[Unit]\nDescription=Timer of %s\n\n[Timer]\nOnCalendar=%s\n\n[Install]\nWantedBy=timers.target\n' \
    "$id" "$timer"
}

# make_toggle ID VERSION [LINES]: compiled into the agent, with further lines of the manifest. Its path is in BUNDLE.
make_toggle() {
  local id=$1 version=$2 directory
  BUNDLE=$BUNDLES/$id-$version
  directory=$HOST_ROOT$BUNDLE
  mkdir -p "$directory"
  cat >"$directory/addon.yaml" <<END
id: $id
name: Test add-on $id
version: $version
kind: native
delivery: compiled-in
supervision: config-toggle
capabilities: [test]
requires:
  platforms: [linux]
${3:+  $3}
exec: {binary: agent}
config_schema: config.schema.json
END
  echo '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}' >"$directory/config.schema.json"
}

# Bundles that install and do nothing but run, or fail in one way each. What fails is given longer
# than it needs for that; what runs has nothing to wait for.
make_good() { make_bundle "$1-$2" "$@"; }
make_failing() { make_bundle "$1-$2" "$@" program=/usr/bin/false stable=3s; }
make_crashing() {
  make_bundle "$1-$2" "$@" program=/usr/bin/dash args='-c "sleep 0.3; exit 1"' stable=3s \
    service='Restart=always\nRestartSec=0.1\nStartLimitIntervalSec=0'
}

apply() { expect_exit 0 addonctl apply --yes "$@"; }

# expect_refused CODE COMMAND…: exits with it, says why on stderr, and leaves the host as it was.
expect_refused() {
  local before
  before=$(snapshot)
  expect_exit "$@"
  [[ -n $ERR ]] || fail "exit $1 without a word on stderr"
  expect_same "$before" "$(snapshot)"
}

# --- the host between cases ---------------------------------------------------------------------

# By systemd's and the shell's own means, because addonctl is what is being tested.
host_clean() {
  host_run sh -c '
    systemctl stop "addon-*" "rogue-*" 2>/dev/null
    rm -rf /opt/addons /var/lib/addonctl /run/addonctl /etc/addonctl /root/bundles /root/offline /root/outside /root/work
    find /etc/systemd/system -mindepth 1 -delete
    systemctl daemon-reload; systemctl reset-failed
    mkdir -p /etc/addonctl /root/bundles /root/work' || fail "cannot clean the host"
  install -m 0644 "$TESTS_HOST/policies/default.yaml" "$HOST_ROOT/etc/addonctl/policy.yaml"
}

expect_clean() {
  expect_eq "$(host_run sh -c "ls -A $UNITS; ls -A $ADDONS /var/lib/addonctl 2>/dev/null || true")" "" \
    "what an earlier case left"
  expect_eq "$(host_run systemctl list-units --all --no-legend --plain 'addon-[!e]*' 'rogue-*')" "" \
    "units of an earlier case"
}
