# shellcheck shell=bash
# Capabilities: what policy allows arrives, and nothing else does.

case_allowed_capabilities_arrive_in_the_file_and_in_the_process() {
  local pid
  make_good probe 1.0.0 caps=CAP_NET_RAW,CAP_NET_ADMIN
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_admin,cap_net_raw
  pid=$(main_pid addon-probe.service)
  expect_eq "$(process_capabilities "$pid" CapBnd)" cap_net_admin,cap_net_raw "CapBnd"
  expect_eq "$(process_capabilities "$pid" CapAmb)" "" "CapAmb"
  expect_eq "$(process_user "$pid")" addon-probe "the process's user"
}

case_an_add_on_without_capabilities_gets_none() {
  make_good probe 1.0.0 caps=
  apply "$BUNDLE"
  expect_running probe 1.0.0 ""
}

case_names_in_any_case_duplicates_and_blanks_become_one_set() {
  make_good probe 1.0.0 caps='CAP_NET_RAW, net_admin, Cap_Net_Raw, " "' bounding='CAP_NET_RAW CAP_NET_ADMIN'
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_admin,cap_net_raw
}

case_a_binary_with_capabilities_is_for_its_group_only() {
  make_good probe 1.0.0
  apply "$BUNDLE"
  expect_eq "$(host_run stat -c '%a %U:%G' $ADDONS/probe/versions/1.0.0/probe)" "750 root:addon-probe" "the binary"
  # runuser, because setpriv still has root's capabilities when it executes the program.
  expect_exit 1 runuser --user operator -- $ADDONS/probe/current/probe 0
  expect_contains "$ERR" "Permission denied"
  expect_exit 0 runuser --user addon-probe -- $ADDONS/probe/current/probe 0
}

case_cap_sys_admin_is_denied_and_changes_nothing() {
  make_good probe 1.0.0 caps=CAP_SYS_ADMIN
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "${ERR,,}" cap_sys_admin
  expect_contains "$ERR" policy.yaml:6
  expect_absent $ADDONS/probe
}

case_an_upgrade_that_asks_for_cap_sys_admin_leaves_the_old_version_running() {
  local pid
  make_good probe 1.0.0
  apply "$BUNDLE"
  pid=$(main_pid addon-probe.service)
  make_good probe 1.1.0 caps=CAP_NET_RAW,CAP_SYS_ADMIN
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(main_pid addon-probe.service)" "$pid" "the process"
}

case_one_capability_that_no_line_allows_rejects_the_whole_request() {
  make_good probe 1.0.0 caps=CAP_NET_RAW,CAP_SYS_PTRACE
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "${ERR,,}" cap_sys_ptrace
  expect_absent $ADDONS/probe
}

case_an_unknown_capability_is_invalid() {
  make_good probe 1.0.0 caps=CAP_NET_RAW,CAP_NET_ROW bounding=CAP_NET_RAW
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" CAP_NET_ROW
  expect_absent $ADDONS/probe
}

case_a_list_of_blanks_only_is_invalid() {
  make_good probe 1.0.0 caps='"", "  "' bounding=CAP_NET_RAW
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_absent $ADDONS/probe
}

case_a_bounding_set_that_would_make_exec_fail_is_refused_before_anything_changes() {
  make_good probe 1.0.0 caps=CAP_NET_RAW,CAP_NET_ADMIN bounding=CAP_NET_ADMIN
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" addon-probe.service
  expect_absent $ADDONS/probe
}

case_no_new_privileges_that_would_void_the_capabilities_is_refused() {
  make_good probe 1.0.0 service=NoNewPrivileges=yes
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" NoNewPrivileges
  expect_absent $ADDONS/probe
}

case_no_new_privileges_that_another_directive_implies_is_refused() {
  make_good probe 1.0.0 service=RestrictRealtime=yes
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" RestrictRealtime
  expect_absent $ADDONS/probe
}

case_ambient_capabilities_are_bound_by_the_same_allowlist() {
  # No file capabilities, which would clear them.
  make_good probe 1.0.0 caps= service=AmbientCapabilities=CAP_SYS_ADMIN bounding='CAP_NET_RAW CAP_SYS_ADMIN'
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "${ERR,,}" cap_sys_admin
}

case_a_unit_that_runs_as_root_is_denied() {
  make_good probe 1.0.0 run_as=root bounding=CAP_NET_RAW
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" root
}

case_a_unit_that_runs_as_another_user_than_the_manifest_says_is_refused() {
  make_good probe 1.0.0 run_as=addon-probe user=addon-scan
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" addon-scan
}

case_a_unit_that_takes_root_by_three_ways_at_once_is_denied_each() {
  # As a published probe does it: root without a word, the capabilities to become anyone, a command as full root.
  make_good probe 1.0.0 bounding='CAP_NET_RAW CAP_SETUID CAP_SETGID' service='ExecStartPre=+/usr/bin/true'
  sed -i '/^User=/d' "$HOST_ROOT$BUNDLE/addon-probe.service"
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "to run as root, which it does without User="
  expect_contains "$ERR" "the prefix + in ExecStartPre="
  expect_contains "$ERR" "no policy line allows cap_setgid, cap_setuid"
}

case_an_exec_prefix_that_no_line_allows_is_denied() {
  make_good probe 1.0.0 service="ExecStartPre=+/usr/bin/true"
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "the prefix + in ExecStartPre="
}

# status_of LINES: CapEff and CapAmb of a program run by systemd as an ordinary user, in hexadecimal.
status_of() {
  printf '[Service]\nType=oneshot\nUser=addon-probe\nStandardOutput=truncate:/root/work/out\n%b\n' "$1" \
    >"$HOST_ROOT$UNITS/rogue-probe.service"
  host_run systemctl daemon-reload
  host_run systemctl start rogue-probe.service
  host_run sed -n 's/^Cap\(Eff\|Amb\):[[:space:]]*0*/\1=/p' /root/work/out | paste -sd' '
}

# The facts behind the traps: what systemd and the kernel make of it without addonctl.
case_ambient_capabilities_go_where_the_traps_say() {
  local grep='grep ^Cap /proc/self/status'
  host_run sh -c 'mkdir -p /opt/addons; cp /usr/bin/grep /opt/addons; setcap cap_net_admin=ep /opt/addons/grep'
  expect_eq "$(status_of "ExecStart=/usr/bin/$grep\nAmbientCapabilities=CAP_NET_RAW")" "Eff=2000 Amb=2000"
  expect_eq "$(status_of "ExecStart=/usr/bin/$grep\nAmbientCapabilities=CAP_NET_RAW\nNoNewPrivileges=yes")" \
    "Eff=2000 Amb=2000"
  expect_eq "$(status_of "ExecStart=/usr/bin/$grep\nAmbientCapabilities=CAP_NET_RAW\nCapabilityBoundingSet=CAP_CHOWN")" \
    "Eff= Amb="
  expect_eq "$(status_of "ExecStart=/opt/addons/$grep\nAmbientCapabilities=CAP_NET_RAW")" "Eff=1000 Amb="
  expect_eq "$(status_of "ExecStart=/opt/addons/$grep\nNoNewPrivileges=yes")" "Eff= Amb="
  expect_eq "$(status_of "ExecStart=/opt/addons/$grep\nAmbientCapabilities=CAP_NET_RAW\nNoNewPrivileges=yes")" \
    "Eff=1000 Amb="
  expect_eq "$(status_of "ExecStart=/opt/addons/$grep\nUser=root\nCapabilityBoundingSet=CAP_NET_ADMIN\nNoNewPrivileges=yes")" \
    "Eff=1000 Amb="
  expect_eq "$(status_of "ExecStart=/usr/bin/$grep\nUser=root\nAmbientCapabilities=CAP_CHOWN\nCapabilityBoundingSet=CAP_CHOWN")" \
    "Eff=1 Amb=1"
}

case_ambient_capabilities_that_would_be_lost_are_refused() {
  make_bundle probe probe 1.0.0 service='AmbientCapabilities=CAP_NET_ADMIN' bounding='CAP_NET_RAW CAP_NET_ADMIN'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" capability-ambient-void
  expect_contains "$ERR" addon.yaml:
  make_bundle other probe 1.0.0 caps= service='AmbientCapabilities=CAP_NET_ADMIN' bounding=CAP_NET_RAW
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" capability-ambient-void
}

case_a_filesystem_without_file_capabilities_is_refused() {
  make_good probe 1.0.0
  host_run sh -c 'mkdir -p /opt/addons; mount -t ramfs -o mode=0755 none /opt/addons'
  expect_refused 1 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" host-no-file-capabilities
  host_run umount /opt/addons
  apply "$BUNDLE"
}

case_a_nosuid_mount_is_refused() {
  make_good probe 1.0.0
  host_run sh -c 'mkdir -p /opt/addons; mount -t tmpfs -o mode=0755,nosuid none /opt/addons'
  expect_refused 1 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" host-nosuid
  host_run umount /opt/addons
  apply "$BUNDLE"
}
