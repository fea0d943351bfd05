# shellcheck shell=bash
# addon-executor in the throwaway host, with what the package brings of it, and people who call it. Sourced.
#
#   keeper   a member of addonctl-admin      watcher  a member of addonctl      operator  of neither

PACKAGING=${PACKAGING:-$REPOSITORY/packaging}

# Before the host is booted: programs from the directory $1, units, bus and polkit files, groups and users.
executor_install() {
  local bin=$1 share=$HOST_ROOT/usr/share
  install -D -m 0755 "$bin/addon-executor" "$HOST_ROOT/usr/libexec/addonctl/addon-executor"
  install -D -m 0644 -t "$HOST_ROOT/usr/lib/systemd/system" "$PACKAGING/systemd/addon-executor.service"
  install -D -m 0644 -t "$HOST_ROOT/usr/lib/tmpfiles.d" "$PACKAGING/tmpfiles/addonctl.conf"
  install -D -m 0644 -t "$HOST_ROOT/usr/lib/sysusers.d" "$PACKAGING/sysusers/addonctl.conf"
  install -D -m 0644 -t "$share/dbus-1/system.d" "$PACKAGING/dbus/io.addonctl.Executor1.conf"
  install -D -m 0644 -t "$share/dbus-1/system-services" "$PACKAGING/dbus/io.addonctl.Executor1.service"
  install -D -m 0644 -t "$share/polkit-1/actions" "$PACKAGING/polkit/io.addonctl.executor1.policy"
  install -D -m 0644 -t "$share/polkit-1/rules.d" "$PACKAGING/polkit/50-addonctl.rules"
  systemd-sysusers --root="$HOST_ROOT" addonctl.conf
  executor_add_person keeper 904 addonctl-admin
  executor_add_person watcher 905 addonctl
}

executor_add_person() {
  host_add_user "$1" "$2"
  sed -i "/^$3:/{s/:\$/:$1/;t;s/\$/,$1/}" "$HOST_ROOT/etc/group"
}

# In the place of /usr/bin/addonctl: the same program, run by a member of addonctl-admin who may read and write
# what root may, so that a case's files need not be theirs; for --root, which is root's, as it is.
executor_stand_in() {
  install -m 0755 "$1/addonctl" "$HOST_ROOT/usr/libexec/addonctl/addonctl"
  install -m 0755 /dev/stdin "$HOST_ROOT/usr/bin/addonctl" <<'END'
#!/bin/sh
program=/usr/libexec/addonctl/addonctl
[ "$(id -u)" = 0 ] || exec "$program" "$@"
for word; do [ "$word" != --root ] || exec "$program" "$@"; done
exec setpriv --reuid keeper --regid keeper --init-groups --inh-caps +dac_override --ambient-caps +dac_override \
  "$program" "$@"
END
}

# Cases about the program as root runs it by itself: how it is killed, what it is started with, and mounts that come and
# go below a running executor.
OF_ROOT=(
  '*_is_killed_*' '*_killed_*' '*cut_off*' '*environment*' '*ordinary_user*' '*offline_root*' '*no_room*' '*mount*' '*filesystem*' 'case_doctor_*'
  # About what is left of a first run where there was nothing; and of the run before.
  '*who_did_what*' '*who_asked*' '*dead_holder*' '*create_nothing' '*a_toggle_has_an_entry*' '*link_at_any_depth*first_install' '*not_a_plain_file*' '*the_next_run_recovers*'
)
is_of_root() {
  local pattern
  for pattern in "${OF_ROOT[@]}"; do
    # shellcheck disable=SC2053
    [[ $1 != $pattern ]] || return 0
  done
  return 1
}

# As the package has made them before anybody calls.
executor_make_directories() { host_run systemd-tmpfiles --create addonctl.conf; }

# Between cases: it has the directories open that are to go.
executor_stop() { host_run systemctl stop addon-executor.service; }
