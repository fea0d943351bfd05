# shellcheck shell=bash
# Add-ons that a package of the distribution brings: real packages, real databases.
source "$TESTS_HOST/packages.sh"

# A host that has none of the packages before and after the case.
fresh_packages() {
  remove_test_packages
  trap remove_test_packages EXIT
  allow_packages
}

case_a_packaged_service_is_enabled_and_started_and_removing_leaves_the_package() {
  fresh_packages
  install_deb 1.2-3
  package_bundle 1.0.0 wants='>=1.2'
  apply "$BUNDLE"
  expect_contains "$OUT" "addon-tool (none) -> 1.2-3 (dpkg): addon-tool.service"
  expect_active addon-tool.service
  expect_enabled addon-tool.service
  expect_eq "$(process_user "$(main_pid addon-tool.service)")" addon-probe "the user"
  expect_eq "$(unit_property addon-tool.service FragmentPath | sed 's,^/usr,,')" \
    /lib/systemd/system/addon-tool.service "the unit"
  expect_absent $ADDONS/tool
  expect_absent $UNITS/addon-tool.service
  expect_exit 0 addonctl diff
  expect_exit 0 addonctl verify
  expect_exit 0 addonctl status --format json
  expect_json '.addons[0].package == {"name": "addon-tool", "version": "1.2-3", "database": "dpkg"}'
  apply "$BUNDLE"
  expect_contains "$OUT" "No changes."
  expect_exit 0 addonctl remove --yes tool
  expect_not_activated
  expect_present $PACKAGED_UNITS/addon-tool.service
  expect_present /usr/lib/addon-tool/addon-tool
}

case_a_packaged_timer_is_enabled_and_waits() {
  fresh_packages
  install_deb 1.0 timer=yearly program=/usr/bin/true args=
  package_bundle 1.0.0 supervision=systemd-timer
  apply "$BUNDLE"
  expect_active addon-tool.timer
  expect_enabled addon-tool.timer
  expect_inactive addon-tool.service
}

case_a_packaged_program_is_told_to_the_agent() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0 supervision=agent-sidecar
  apply "$BUNDLE"
  expect_not_activated
  expect_absent $ADDONS/tool
  expect_eq "$(host_run jq -r '.addons[0].exec.binary' /var/lib/addonctl/registry.json)" \
    /usr/lib/addon-tool/addon-tool "the program in the registry"
  expect_exit 0 addonctl diff
  expect_exit 0 addonctl remove --yes tool
  expect_eq "$(host_run jq -c .addons /var/lib/addonctl/registry.json)" "[]" "what is left in the registry"
}

case_a_packaged_program_that_is_another_ones_is_not_told_to_the_agent() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0 supervision=agent-sidecar
  host_run sed -i 's,install_path: .*}$,install_path: /usr/bin},; s/binary: addon-tool/binary: sleep/' "$BUNDLE/addon.yaml"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "host-package-program"
  host_run sed -i 's,install_path: .*}$,install_path: /usr/lib/addon-tool},; s/binary: sleep/binary: addon-tool/' "$BUNDLE/addon.yaml"
  host_run chmod 0777 /usr/lib/addon-tool/addon-tool
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "host-program-writable"
}

case_a_packaged_program_that_no_line_allows_is_not_told_to_the_agent() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0 supervision=agent-sidecar
  host_run sed -i 's,/usr/lib/addon-tool/\*,/usr/lib/other/*,' /etc/addonctl/policy.d/packages.yaml
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "policy-exec-path"
  expect_contains "$ERR" "the agent to run /usr/lib/addon-tool/addon-tool"
}

case_a_packaged_program_with_rights_of_its_own_is_not_told_to_the_agent() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0 supervision=agent-sidecar
  host_run chmod 4755 /usr/lib/addon-tool/addon-tool
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "host-package-program"
  host_run chmod 0755 /usr/lib/addon-tool/addon-tool
  host_run setcap cap_net_raw=ep /usr/lib/addon-tool/addon-tool
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "rights of its own"
}

case_the_unit_of_a_package_is_judged_by_policy() {
  fresh_packages
  install_deb 1.0 user=root
  package_bundle 1.0.0
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "policy-run-as"
  expect_not_activated
  install_deb 1.1 service='ExecStartPre=/usr/sbin/useradd x'
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "policy-exec-path"
  expect_not_activated
}

case_a_drop_in_of_a_packaged_unit_is_judged_with_it() {
  fresh_packages
  install_deb 1.0
  host_run mkdir -p $UNITS/addon-tool.service.d
  printf '[Service]\nAmbientCapabilities=CAP_SYS_ADMIN\n' >"$HOST_ROOT$UNITS/addon-tool.service.d/more.conf"
  package_bundle 1.0.0
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" cap_sys_admin
}

case_a_package_that_is_absent_or_too_old_is_invalid() {
  fresh_packages
  package_bundle 1.0.0 wants='>=1.2'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "package addon-tool is not installed"
  # By Debian's order that is before 1.2, though it looks longer.
  install_deb '1.2~rc1-1'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "package addon-tool is 1.2~rc1-1, and tool needs >=1.2"
  # And an epoch comes before everything.
  install_deb '1:0.1-1'
  apply "$BUNDLE"
}

case_a_package_that_is_half_installed_or_removed_but_for_its_settings_is_not_installed() {
  fresh_packages
  deb 1.0 postinst='exit 1'
  expect_exit 1 dpkg --install "$DEB"
  package_bundle 1.0.0
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "dpkg says half-configured"
  install_deb 1.1
  host_run dpkg --remove addon-tool >/dev/null
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "dpkg says config-files"
}

case_a_package_upgraded_behind_our_back_is_drift_and_judged_anew() {
  local pid
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0
  apply "$BUNDLE"
  install_deb 2.0 user=root
  expect_exit 5 addonctl diff
  expect_contains "$OUT" "package addon-tool: expected 1.0, found 2.0"
  expect_contains "$OUT" "unit $PACKAGED_UNITS/addon-tool.service"
  expect_exit 5 addonctl verify
  expect_exit 0 addonctl status --format json
  expect_json '[.addons[0].drift[].kind] | index("package") != null'
  expect_refused 4 addonctl apply --yes "$BUNDLE"
  install_deb 2.1
  pid=$(main_pid addon-tool.service)
  apply "$BUNDLE"
  expect_contains "$OUT" "addon-tool 1.0 -> 2.1"
  expect_ne "$(main_pid addon-tool.service)" "$pid" "the process"
  expect_exit 0 addonctl diff
}

case_a_package_removed_behind_our_back_is_drift_and_can_be_removed() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0
  apply "$BUNDLE"
  host_run systemctl stop addon-tool.service
  host_run dpkg --purge addon-tool >/dev/null
  host_run systemctl daemon-reload
  expect_exit 5 addonctl diff
  expect_contains "$OUT" "package addon-tool: expected 1.0, found missing"
  expect_exit 5 addonctl verify
  expect_exit 0 addonctl remove --yes tool
  expect_eq "$(host_run find $UNITS -name 'addon-tool*')" "" "what is left of it"
}

case_a_packaged_unit_that_is_masked_or_replaced_is_refused() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0
  host_run systemctl mask --quiet addon-tool.service
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "/etc/systemd/system/addon-tool.service masks or replaces"
  host_run systemctl unmask --quiet addon-tool.service
  printf '[Service]\nExecStart=/usr/bin/sleep 1\n' >"$HOST_ROOT$UNITS/addon-tool.service"
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  host_run rm $UNITS/addon-tool.service
  host_run mkdir -p /run/systemd/system
  host_run sh -c 'printf "[Service]\nExecStart=/usr/bin/sleep 1\n" >/run/systemd/system/addon-tool.service'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "/run/systemd/system/addon-tool.service masks or replaces"
  host_run rm /run/systemd/system/addon-tool.service
}

case_a_unit_that_the_package_does_not_ship_is_refused() {
  fresh_packages
  install_deb 1.0
  printf '[Service]\nExecStart=/usr/bin/sleep 1\n' >"$HOST_ROOT$PACKAGED_UNITS/addon-other.service"
  package_bundle 1.0.0 manifest='systemd: {units: [addon-other.service]}'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "package addon-tool 1.0 ships no unit addon-other.service"
  host_run rm $PACKAGED_UNITS/addon-other.service
}

case_a_packaged_unit_that_others_can_write_is_refused() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0
  host_run chmod 0666 $PACKAGED_UNITS/addon-tool.service
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" host-program-writable
  host_run chmod 0644 $PACKAGED_UNITS/addon-tool.service
  host_run chown addon-probe /usr/lib/addon-tool/addon-tool
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "/usr/lib/addon-tool/addon-tool"
}

case_a_packaged_service_that_does_not_come_up_is_undone() {
  fresh_packages
  install_deb 1.0 program=/usr/bin/false
  package_bundle 1.0.0 manifest='resources: {tasks_max: 5}'
  expect_refused 8 addonctl apply --yes "$BUNDLE"
  expect_not_activated
  expect_absent $UNITS/addon-tool.service.d
}

case_resources_become_limits_of_a_packaged_service() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0 manifest='resources: {memory_max_bytes: 67108864, tasks_max: 9}'
  apply "$BUNDLE"
  expect_eq "$(unit_property addon-tool.service MemoryMax)" 67108864 MemoryMax
  expect_eq "$(unit_property addon-tool.service TasksMax)" 9 TasksMax
  expect_exit 0 addonctl diff
  expect_exit 0 addonctl remove --yes tool
  expect_absent $UNITS/addon-tool.service.d
}

case_a_removed_packaged_add_on_comes_back_by_rollback_without_its_bundle() {
  fresh_packages
  install_deb 1.0
  package_bundle 1.0.0
  apply "$BUNDLE"
  expect_exit 0 addonctl remove --yes tool
  host_run rm -r "$BUNDLE"
  expect_exit 0 addonctl rollback --to 1 --yes
  expect_active addon-tool.service
  expect_enabled addon-tool.service
  expect_exit 0 addonctl diff
}

case_rpm_packages_are_read_and_ordered_as_rpm_does() {
  fresh_packages
  install_rpm '1.2~rc1' 4
  package_bundle 1.0.0 wants='>=1.2'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" "package addon-tool is 1.2~rc1-4, and tool needs >=1.2"
  host_run rpm --dbpath /var/lib/rpm --erase --nodeps addon-tool
  # A caret comes after what it stands behind, and a release that nobody asks about does not count.
  install_rpm '1.2^git1' 1
  package_bundle 1.0.0 wants='=1.2'
  expect_refused 3 addonctl apply --yes "$BUNDLE"
  package_bundle 1.0.0 wants='=1.2^git1'
  apply "$BUNDLE"
  expect_contains "$OUT" "addon-tool (none) -> 1.2^git1-1 (rpm): addon-tool.service"
  expect_active addon-tool.service
  expect_exit 0 addonctl diff
  host_run rpm --dbpath /var/lib/rpm --erase --nodeps addon-tool
  install_rpm 0.1 1 epoch=2
  expect_exit 5 addonctl diff
  expect_contains "$OUT" "expected 1.2^git1-1, found 2:0.1-1"
  package_bundle 1.1.0 wants='>1:99'
  apply "$BUNDLE"
  expect_exit 0 addonctl remove --yes tool
  expect_not_activated
}

case_a_host_without_a_package_manager_cannot_have_packaged_add_ons() {
  fresh_packages
  trap 'host_run sh -c "for tool in dpkg dpkg-query rpm; do mv /root/away-\$tool /usr/bin/\$tool; done"; remove_test_packages' EXIT
  host_run sh -c 'for tool in dpkg dpkg-query rpm; do mv /usr/bin/$tool /root/away-$tool; done'
  package_bundle 1.0.0
  expect_refused 1 addonctl apply --yes "$BUNDLE"
  expect_contains "$ERR" host-model-unsupported
  expect_contains "$ERR" "no package manager that addonctl reads"
}
