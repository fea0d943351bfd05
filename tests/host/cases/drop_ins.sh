# shellcheck shell=bash
# Drop-ins, links and programs of the host that would make a unit more than its bundle shows.

# drop_in DIRECTORY LINES: a drop-in that addonctl did not make; DROPPED remembers it.
drop_in() {
  DROPPED=$1/50-operator.conf
  host_run mkdir -p "$1"
  # Written in the host, which has a /run of its own.
  printf '%b\n' "$2" | host_run tee "$DROPPED" >/dev/null
}

case_a_drop_in_that_widens_the_unit_is_refused_wherever_systemd_reads_it() {
  local directory
  make_good probe 1.0.0
  for directory in /etc/systemd/system/addon-probe.service.d /run/systemd/system/addon-probe.service.d \
    /usr/local/lib/systemd/system/addon-probe.service.d /usr/lib/systemd/system/addon-.service.d \
    /etc/systemd/system/service.d /run/systemd/generator/addon-probe.service.d; do
    drop_in "$directory" '[Service]\nUser=root'
    expect_refused 4 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "$DROPPED:2:1"
    expect_present "$DROPPED"
    host_run rm -r "$directory"
  done
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
}

case_each_privilege_of_a_drop_in_is_judged_by_policy() {
  local line
  make_good probe 1.0.0 caps=
  for line in 'CapabilityBoundingSet=CAP_SYS_ADMIN\nAmbientCapabilities=CAP_SYS_ADMIN' ExecStartPre=+/usr/bin/true ExecStartPre=/opt/tool \
    SupplementaryGroups=disk StandardOutput=append:/etc/rogue OnFailure=rogue.service; do
    drop_in /etc/systemd/system/addon-probe.service.d "[Service]\n$line\n[Unit]\n${line%%\\\\n*}"
    expect_refused 4 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "$DROPPED:"
  done
}

case_a_drop_in_that_voids_capabilities_is_refused() {
  make_good probe 1.0.0
  drop_in /etc/systemd/system/addon-probe.service.d '[Service]\nNoNewPrivileges=yes'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" capability-no-new-privileges
  expect_contains "$ERR" "$DROPPED:2:1"
}

case_a_drop_in_that_widens_nothing_is_shown_and_kept() {
  make_good probe 1.0.0
  drop_in /etc/systemd/system/addon-probe.service.d '[Service]\nNice=7'
  expect_exit 0 addonctl plan "$BUNDLE"
  expect_contains "$OUT" "$DROPPED"
  apply "$BUNDLE"
  expect_running probe 1.0.0 cap_net_raw
  expect_eq "$(unit_property addon-probe.service Nice)" 7 "Nice="
  expect_exit 0 addonctl remove --yes probe
  expect_present "$DROPPED"
}

case_a_drop_in_that_came_after_planning_makes_the_plan_stale() {
  make_good probe 1.0.0
  expect_exit 0 addonctl plan "$BUNDLE" -o /root/work/plan.json
  drop_in /etc/systemd/system/addon-probe.service.d '[Service]\nUser=root'
  expect_refused 6 addonctl apply /root/work/plan.json
  host_run rm -r /etc/systemd/system/addon-probe.service.d
  expect_exit 0 addonctl apply /root/work/plan.json
}

case_a_link_that_makes_the_unit_another_one_is_refused() {
  make_good probe 1.0.0
  host_run ln -s addon-probe.service /etc/systemd/system/rogue-alias.service
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" rogue-alias.service
}

case_a_unit_name_that_a_generator_or_an_administrator_took_is_refused() {
  local directory
  make_good probe 1.0.0
  for directory in /run/systemd/system /run/systemd/generator /run/systemd/generator.late \
    /usr/local/lib/systemd/system /etc/systemd/system.attached; do
    host_run mkdir -p "$directory"
    host_run cp "$BUNDLE/addon-probe.service" "$directory/addon-probe.service"
    expect_refused 3 addonctl apply --yes "$BUNDLE"
    expect_contains "$ERR" "$directory/addon-probe.service"
    host_run rm "$directory/addon-probe.service"
  done
}

case_a_program_that_others_than_root_can_change_is_refused() {
  make_bundle probe probe 1.0.0 service='ExecStartPre=/usr/bin/rogue-tool'
  host_run sh -c 'mkdir -p /srv/tools; cp /usr/bin/true /srv/tools/tool; ln -s /srv/tools/tool /usr/bin/rogue-tool
    chown addon-probe /srv/tools'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "host-program-writable"
  expect_contains "$ERR" "/srv/tools belongs to user"
  expect_contains "$ERR" "addon-probe.service:8:1"
  host_run chown root /srv/tools
  apply "$BUNDLE"
  host_run rm -r /usr/bin/rogue-tool /srv/tools
}
