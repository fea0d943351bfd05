# shellcheck shell=bash
# A real host that can be thrown away: an overlay of this machine's root with a tmpfs on top, and a
# real systemd booted in it. Nothing on the machine changes. Sourced by tests/host and scripts/demo.
#
#   host_isolate "$@"          first thing in the script: mounts that end with the process
#   host_create                make the host's tree; from here on HOST_ROOT/… is its file tree
#   host_add_user NAME ID      a system user and group, before or after booting
#   host_boot                  start systemd and wait until it has finished
#   host_run COMMAND…          run a command in the host, as root, with a clean environment
#   host_stop                  end it and leave nothing behind; also runs when the script exits
#   HOST_OUTLIVES_SCRIPT=yes   before host_boot: the host goes on when the script is killed
#
# Needs root, systemd-container, and a kernel with overlayfs. Several can run at the same time.

HOST_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HOST_BOOT_SECONDS=30

# Units that would reach out of the host to the machine's kernel, or only cost time.
HOST_MASKED=(
  systemd-sysctl.service systemd-modules-load.service modprobe@.service kmod-static-nodes.service
  sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount
  dev-hugepages.mount proc-sys-fs-binfmt_misc.automount systemd-binfmt.service
  systemd-random-seed.service systemd-hwdb-update.service ldconfig.service systemd-firstboot.service
  systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-tmpfiles-clean.timer
  systemd-networkd-wait-online.service
  getty.target console-getty.service getty-static.service
)

host_die() {
  echo "throwaway host: $*" >&2
  exit 1
}

# Runs the calling script again in a mount namespace of its own, so that no mount outlives it even
# when it is killed.
host_isolate() {
  [[ $EUID -eq 0 ]] || host_die "needs root to mount and to boot systemd; run it as root"
  command -v systemd-nspawn >/dev/null || host_die "systemd-nspawn is missing; run scripts/setup"
  [[ ${HOST_ISOLATED:-} == "$$" ]] && return
  HOST_ISOLATED=$$ exec unshare --mount --propagation private -- "$0" "$@"
}

host_create() {
  HOST_PID='' HOST_LEADER=''
  host_sweep
  HOST_NAME=addonctl-host-$$
  HOST_DIR=$(mktemp --directory "/tmp/$HOST_NAME.XXXXXX")
  HOST_ROOT=$HOST_DIR/root
  trap host_stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  mount -t tmpfs -o mode=0755 "$HOST_NAME" "$HOST_DIR" || host_die "cannot mount a tmpfs"
  mkdir "$HOST_DIR/upper" "$HOST_DIR/work" "$HOST_ROOT"
  mount -t overlay -o "lowerdir=/,upperdir=$HOST_DIR/upper,workdir=$HOST_DIR/work" \
    "$HOST_NAME" "$HOST_ROOT" || host_die "cannot mount an overlay of /"
  [[ -x $HOST_ROOT/lib/systemd/systemd ]] ||
    host_die "systemd is not on the root filesystem (/usr is mounted apart)"
  host_forget_machine
}

# Empty directories are all that a killed script leaves; a host that is still running keeps its own.
host_sweep() {
  local directory name pid
  for directory in /tmp/addonctl-host-*; do
    name=${directory#/tmp/} name=${name%.*} pid=${name##*-}
    [[ -d $directory && ! -d /proc/$pid ]] || continue
    find /sys/fs/cgroup -depth -type d -path "*/$name*" -exec rmdir {} + 2>/dev/null || true
    [[ -z $(find /sys/fs/cgroup -type d -name "$name" -print -quit) ]] && rmdir "$directory" 2>/dev/null || true
  done
}

# What makes this machine this machine has no place in the host: its services, mounts, identity,
# and add-ons of its own.
host_forget_machine() {
  local etc=$HOST_ROOT/etc unit
  rm -rf "$etc"/systemd/{system,system.control,system.attached,system-generators,system.conf.d,journald.conf.d} \
    "$etc"/rc?.d "$etc/fstab" "$etc/crypttab" "$etc/ld.so.preload" \
    "$HOST_ROOT"/usr/local/lib/systemd "$HOST_ROOT/var/log/journal" \
    "$etc/addonctl" "$HOST_ROOT/opt/addons" "$HOST_ROOT/var/lib/addonctl"
  mkdir -p "$etc/systemd/system" "$etc/systemd/journald.conf.d" "$HOST_ROOT/usr/local/lib/systemd/system"
  printf '[Journal]\nStorage=volatile\nRateLimitBurst=0\n' >"$etc/systemd/journald.conf.d/host.conf"
  # An empty machine-id would mean first boot, and first boot enables every preset.
  tr -d - </proc/sys/kernel/random/uuid >"$etc/machine-id"
  touch "$etc/.updated" "$HOST_ROOT/var/.updated"
  # Masked here and not in /etc, which is where tests look for what was changed.
  for unit in "${HOST_MASKED[@]}"; do
    ln -s /dev/null "$HOST_ROOT/usr/local/lib/systemd/system/$unit"
  done
}

host_add_user() {
  local name=$1 id=$2
  echo "$name:x:$id:$id::/nonexistent:/usr/sbin/nologin" >>"$HOST_ROOT/etc/passwd"
  echo "$name:x:$id:" >>"$HOST_ROOT/etc/group"
}

# Two systemds in one control group would end each other's processes, so each host has its own.
host_cgroup_enter() {
  local pid=$1 base=/sys/fs/cgroup own
  [[ -e $base/unified/cgroup.procs ]] && base=$base/unified
  own=$(sed -n 's/^0:://p' /proc/self/cgroup)
  [[ -d $base$own && $own != *..* ]] || own=/
  HOST_CGROUP=$base${own%/}/$HOST_NAME
  mkdir -p "$HOST_CGROUP" && echo "$pid" >"$HOST_CGROUP/cgroup.procs"
}

host_boot() {
  local fifo=$HOST_DIR/go go ends_with_script=()
  # nspawn must not start before it is in its control group.
  mkfifo "$fifo"
  (
    trap - EXIT INT TERM
    read -r go <"$fifo"
    [[ -n ${HOST_OUTLIVES_SCRIPT:-} ]] || ends_with_script=(setpriv --pdeathsig TERM)
    exec "${ends_with_script[@]}" systemd-nspawn --quiet --directory="$HOST_ROOT" --machine="$HOST_NAME" \
      --register=no --keep-unit --boot --console=pipe --private-network --link-journal=no \
      --resolv-conf=off --timezone=off --capability=all </dev/null
  ) >"$HOST_DIR/console" 2>&1 &
  HOST_PID=$!
  host_cgroup_enter "$HOST_PID" || host_die "cannot make a control group in /sys/fs/cgroup"
  echo go >"$fifo"
  host_wait_until_booted
}

host_wait_until_booted() {
  local deadline=$((SECONDS + HOST_BOOT_SECONDS)) state=none
  while kill -0 "$HOST_PID" 2>/dev/null && ((SECONDS < deadline)); do
    sleep 0.05
    host_find_leader || continue
    # "starting" and "degraded" exit 1.
    state=$(host_run systemctl is-system-running 2>&1) || true
    [[ $state == running || $state == degraded ]] && return
  done
  cat "$HOST_DIR/console" >&2
  host_die "systemd did not boot (state: $state); its console is above"
}

# nspawn's child that is process 1 of its own PID namespace.
host_find_leader() {
  local child
  [[ -n $HOST_LEADER ]] && return
  for child in $(cat "/proc/$HOST_PID/task/$HOST_PID/children" 2>/dev/null); do
    if grep -qsE '^NSpid:.*[[:space:]]1$' "/proc/$child/status"; then
      HOST_LEADER=$child
      return
    fi
  done
  return 1
}

host_run() {
  nsenter --target "$HOST_LEADER" --all env --ignore-environment \
    PATH=$HOST_PATH HOME=/root LANG=C.UTF-8 TERM="${HOST_TERM:-dumb}" "$@"
}

host_stop() {
  local status=$? tries
  [[ -n ${HOST_DIR:-} ]] || return "$status"
  set +e
  # Ending the leader ends every process of the host; nspawn then cleans up and leaves.
  [[ -n $HOST_LEADER ]] && kill -KILL "$HOST_LEADER" 2>/dev/null
  if [[ -n $HOST_PID ]]; then
    [[ -n $HOST_LEADER ]] || kill -TERM "$HOST_PID" 2>/dev/null
    for ((tries = 0; tries < 100; tries++)); do
      kill -0 "$HOST_PID" 2>/dev/null || break
      sleep 0.05
    done
    kill -KILL "$HOST_PID" 2>/dev/null
    wait "$HOST_PID" 2>/dev/null
  fi
  host_remove_cgroups
  umount "$HOST_ROOT" 2>/dev/null || umount --lazy "$HOST_ROOT" 2>/dev/null
  umount "$HOST_DIR" 2>/dev/null || umount --lazy "$HOST_DIR" 2>/dev/null
  rmdir "$HOST_DIR" "/run/systemd/nspawn/propagate/$HOST_NAME" 2>/dev/null
  HOST_DIR='' HOST_PID='' HOST_LEADER=''
  return "$status"
}

# The kernel lets a control group go only after its last process is reaped. nspawn mirrors the
# host's group into systemd's own hierarchy on machines that have both.
host_remove_cgroups() {
  local group tries
  for group in "${HOST_CGROUP:-}" "/sys/fs/cgroup/systemd/$HOST_NAME"; do
    for ((tries = 0; tries < 40; tries++)); do
      [[ -n $group && -d $group ]] || break
      find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
      [[ -d $group ]] && sleep 0.05
    done
  done
}
