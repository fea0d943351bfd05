# shellcheck shell=bash
# The changes of a host that are cut off, and how it is looked at afterwards. Sourced, with `work` a directory of its own,
# `addonctl` the program, `passed` and `failed` set. `old` and `new` are the snapshots to compare with.

# Calls by which anything durable changes. At those between them the host is as at one of these.
calls=write,pwrite64,ftruncate,fsync,fdatasync,renameat,renameat2,unlinkat,mkdirat,symlinkat,fchmod,fchmodat,fchown,fchownat,fsetxattr,fremovexattr

# --- changes: a template of the host before, and the command -----------------------------------

bundle() {
  local id=$1 version=$2 minor=${2#*.} directory=$work/bundles/$1-$2
  minor=${minor%%.*}
  mkdir -p "$directory"
  cat >"$directory/addon.yaml" <<END
id: $id
name: Add-on $id
version: $version
description: A program that sleeps.
kind: native
delivery: pushed-artifact
supervision: systemd-service
language: c
capabilities: [faults]
requires: {os_capabilities: [CAP_NET_RAW], run_as: nobody}
exec: {binary: $id}
resources: {tasks_max: $((minor + 8))}
config_schema: config.schema.json
state_dirs: [/var/lib/$id, {path: /var/lib/$id/spool, mode: "0700"}, /srv/data/$id]
END
  printf '[Unit]\nDescription=%s\n[Service]\nUser=nobody\nExecStart=/opt/addons/%s/current/%s\nCapabilityBoundingSet=CAP_NET_RAW\n[Install]\nWantedBy=multi-user.target\n' \
    "$id $version" "$id" "$id" >"$directory/addon-$id.service"
  echo '{"type": "object"}' >"$directory/config.schema.json"
  echo "program $version" >"$directory/$id"
}

sidecar() {
  bundle "$@"
  rm "$work/bundles/$1-$2/addon-$1.service"
  sed -i 's/^supervision:.*/supervision: agent-sidecar/' "$work/bundles/$1-$2/addon.yaml"
}

toggle() {
  sidecar "$@"
  rm "$work/bundles/$1-$2/$1"
  sed -i 's/^supervision:.*/supervision: config-toggle/; s/^delivery:.*/delivery: compiled-in/; s/^requires:.*/requires: {run_as: nobody}/' \
    "$work/bundles/$1-$2/addon.yaml"
}

host_template() {
  local root=$work/template-$1
  mkdir -p "$root/etc/addonctl"
  echo 'nobody:x:65534:65534::/:/usr/sbin/nologin' >"$root/etc/passwd"
  cat >"$root/etc/addonctl/policy.yaml" <<'END'
policy: faults
version: 1
capabilities: {allow: [CAP_NET_RAW]}
supervision: {allow: [systemd-service, agent-sidecar, config-toggle]}
delivery: {allow: [pushed-artifact, compiled-in]}
run_as: {allow: [nobody]}
units: {names: ["addon-*.service"]}
paths: {state_dirs: ["/var/lib/?", "/var/lib/?/**", "/srv/data/*"]}
END
}

on() { "$addonctl" --root "$1" "${@:2}"; }

prepare() {
  local change=$1 root=$work/template-$1
  host_template "$change"
  case $change in
    install) command=(apply --yes "$work/bundles/a-1.0.0" "$work/bundles/b-1.0.0") ;;
    upgrade)
      on "$root" apply --yes "$work/bundles/a-1.0.0" "$work/bundles/b-1.0.0" &>/dev/null
      command=(apply --yes "$work/bundles/a-1.1.0")
      ;;
    archive)
      on "$root" apply --yes "$work/bundles/a-1.0.0" "$work/bundles/b-1.0.0" &>/dev/null
      "$addonctl" bundle build --force "$work/bundles/a-1.1.0" -o "$work/bundles/a-1.1.0.tar.zst" >/dev/null
      command=(apply --yes "$work/bundles/a-1.1.0.tar.zst")
      ;;
    remove)
      on "$root" apply --yes "$work/bundles/a-1.0.0" "$work/bundles/b-1.0.0" &>/dev/null
      command=(remove --yes a b)
      ;;
    purge)
      on "$root" apply --yes "$work/bundles/a-1.0.0" &>/dev/null
      mkdir "$root/var/lib/a/spool/deep" && echo data >"$root/var/lib/a/spool/deep/file" && echo data >"$root/srv/data/a/file"
      command=(remove --yes --purge a)
      ;;
    rollback)
      on "$root" apply --yes "$work/bundles/a-1.0.0" &>/dev/null
      on "$root" apply --yes "$work/bundles/a-1.1.0" &>/dev/null
      command=(rollback --yes a)
      ;;
    models)
      sidecar s 1.0.0 && toggle t 1.0.0 && sidecar s 1.1.0 && toggle t 2.0.0
      on "$root" apply --yes "$work/bundles/s-1.0.0" "$work/bundles/t-1.0.0" "$work/bundles/a-1.0.0" &>/dev/null
      toggle a 2.0.0
      command=(apply --yes "$work/bundles/s-1.1.0" "$work/bundles/t-2.0.0" "$work/bundles/a-2.0.0")
      ;;
    gc)
      bundle a 1.2.0
      for version in 1.0.0 1.1.0 1.2.0; do on "$root" apply --yes "$work/bundles/a-$version" &>/dev/null; done
      command=(gc --keep 1)
      ;;
    *) echo "there is no change $change" >&2 && exit 2 ;;
  esac
}

# "CALL N" for every call that it makes until it is done: strace counts each kind of call by itself.
list_calls() {
  strace -f -qq -o "$work/calls" -e trace="$calls" "$addonctl" --root "$work/root" "$@" >/dev/null 2>&1 </dev/null
  sed -nE 's/^[0-9]+ +([a-z0-9]+)\(.*/\1/p' "$work/calls" | awk '{print $1, ++count[$1]}'
}

# --- what is left -------------------------------------------------------------------------------

# All that tells one tree from another. A generation holds the time and inodes: its name counts. Directories of
# addonctl's own state may be there without anything in them. The audit log tells of what failed, too.
snapshot() {
  (
    cd "$1"
    find . -path ./run -prune -o \( -path ./var -o -path ./var/lib -o -path './var/lib/addonctl*' \) -type d -o -path './var/lib/addonctl/audit.*' \
      -o -path ./var/lib/addonctl/generations/\* -printf '%p\n' \
      -o -type d -printf '%p %y %m %U:%G\n' -o -printf '%p %y %m %U:%G %s %l\n'
    find . -path ./run -prune -o -path ./var/lib/addonctl/generations -prune -o -path './var/lib/addonctl/audit.*' -o -type f -print0 |
      xargs --null --no-run-if-empty sha256sum
    getcap -r . 2>/dev/null
  ) | LC_ALL=C sort
}

fail() {
  echo "FAILED $*"
  sed 's/^/  /' "$work/out" | tail -n 5
  failed=$((failed + 1))
}

# Collecting is no transaction: each version and each record is there or gone, and the next gc goes on. Until then
# what lost its name already may still lie there.
is_between() {
  [[ ${command[0]} == gc ]] || return
  ! comm -13 <(echo "$old") <(echo "$1") | grep -v '/\.gc-'
}

# What the agent is told of, and is not there as the registry says: nothing, at any moment.
unready() {
  local registry=$work/root/var/lib/addonctl/registry.json id binary digest capabilities
  [[ -e $registry ]] || return 0
  jq -r '.addons[] | select(.exec) | [.id, .exec.binary, .exec.sha256, (.os_capabilities | join(","))] | @tsv' "$registry" |
    while IFS=$'\t' read -r id binary digest capabilities; do
      [[ sha256:$(sha256sum <"$work/root$binary" | cut -d ' ' -f 1) == "$digest" ]] || echo "$id: $binary has other bytes"
      [[ $(getcap "$work/root$binary" | sed 's/^.* //; s/[=+]ep$//') == "$capabilities" ]] || echo "$id: $binary has other capabilities"
    done
}

# check WHAT: the host below $work/root, after recovery.
# Once it has committed, remove --purge has removed the add-on; data that a fault kept it from deleting stays
# under another name, which it says, unless it was killed as it said so.
drop_named_rests() {
  local what=$1 rest
  while read -r rest; do
    if grep -qF "${rest##*/}" "$work/said" || [[ $what == *"of the undoing" ]]; then rm -rf "$rest"; fi
  done < <(find "$work/root" -name '.purge-*' -prune)
}

check() {
  local what=$1 now
  mv "$work/out" "$work/said" 2>/dev/null || : >"$work/said"
  unready >"$work/out" 2>&1 || true
  [[ ! -s $work/out ]] || { fail "$what: the registry says what is not ready" && return; }
  on "$work/root" recover >"$work/out" 2>&1 || { fail "$what: recover exits $?" && return; }
  cat "$work/out" >>"$work/said"
  drop_named_rests "$what"
  now=$(snapshot "$work/root")
  if [[ $now != "$old" && $now != "$new" ]] && ! is_between "$now"; then
    fail "$what: neither old nor new (< old, > now)"
    diff <(echo "$old") <(echo "$now") | sed 's/^/  /' | head -n 20 || true
    return
  fi
  on "$work/root" verify >"$work/out" 2>&1 || { fail "$what: verify exits $?" && return; }
  on "$work/root" "${command[@]}" >"$work/out" 2>&1 || { [[ $now == "$new" ]] || { fail "$what: then ${command[0]} exits $?" && return; }; }
  [[ ${command[0]} != gc || $(snapshot "$work/root") == "$new" ]] || { fail "$what: then gc leaves something" && return; }
  passed=$((passed + 1))
}
