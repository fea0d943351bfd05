#include "unit/privileges.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "unit/accounts.hpp"
#include "unit/capability_directive.hpp"
#include "unit/completeness.hpp"
#include "unit/exec_line.hpp"
#include "unit/restrictions.hpp"
#include "unit/settings.hpp"
#include "unit/switches.hpp"

namespace addon::unit {

namespace {
// What a switch takes out of the bounding set, as systemd 252 does it when it loads a unit.
struct Taken {
  std::string_view key;
  std::string_view capability;
};
constexpr std::array<Taken, 6> taken_by_switches = {{{"PrivateDevices", "cap_mknod"},
                                                     {"PrivateDevices", "cap_sys_rawio"},
                                                     {"ProtectClock", "cap_sys_time"},
                                                     {"ProtectClock", "cap_wake_alarm"},
                                                     {"ProtectKernelLogs", "cap_syslog"},
                                                     {"ProtectKernelModules", "cap_sys_module"}}};

CapabilitySet taken_from_bounding_set(const Switches& switches) {
  CapabilitySet taken;
  for (const Taken& rule : taken_by_switches) {
    const auto capability = Capability::from_name(rule.capability);
    if (capability && turned_on_by(switches, rule.key) != nullptr) taken.insert(*capability);
  }
  return taken;
}

Stated<bool> read_switch(const UnitFile& unit, const Switches& switches, std::string_view key) {
  const auto found = switches.find(key);
  if (found == switches.end()) return {false, {unit.file}};
  return {turned_on_by(switches, key) != nullptr, found->second->at};
}

Privileges defaults(const UnitFile& unit) {
  const SourceSpan at{unit.file};
  Privileges privileges;
  privileges.user.at = privileges.group.at = privileges.supplementary_groups.at = at;
  privileges.bounding = {CapabilitySet::all(), at};
  privileges.ambient.at = privileges.dynamic_user.at = at;
  privileges.no_new_privileges.at = privileges.no_new_privileges_effective.at = at;
  return privileges;
}

// DynamicUser= names the user and forbids new privileges, whatever NoNewPrivileges= says.
void apply_dynamic_user(const FullName& name, Privileges& privileges) {
  if (!privileges.dynamic_user.value) return;
  const SourceSpan& at = privileges.dynamic_user.at;
  if (privileges.user.value.empty()) privileges.user = {dynamic_user_name(name), at};
  if (privileges.group.value.empty()) privileges.group = {privileges.user.value, at};
  if (!privileges.no_new_privileges.value) privileges.no_new_privileges = {true, at};
}

// systemd.service(5), Type=.
Stated<Json> effective_type(const Stated<std::string>& type, const Privileges& privileges) {
  if (!type.value.empty()) return {type.value, type.at};
  const Stated<Json>& bus_name = privileges.settings.find("BusName")->second;
  if (bus_name.value != Json("")) return {"dbus", bus_name.at};
  const bool starts =
      std::any_of(privileges.exec.begin(), privileges.exec.end(),
                  [](const ExecCommand& command) { return command.directive == "ExecStart"; });
  return {starts ? "simple" : "oneshot", type.at};
}

Privileges read_service(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings) {
  const Switches switches = read_switches(unit, findings);
  Privileges privileges = defaults(unit);
  privileges.user = read_account(unit, name, "User", findings);
  privileges.group = read_account(unit, name, "Group", findings);
  privileges.dynamic_user = read_switch(unit, switches, "DynamicUser");
  privileges.supplementary_groups = read_groups(unit, name, findings);
  privileges.bounding = read_bounding_set(unit, findings);
  privileges.bounding.value = privileges.bounding.value - taken_from_bounding_set(switches);
  privileges.bounding_stated = unit.last("Service", "CapabilityBoundingSet") != nullptr;
  privileges.ambient = read_ambient_set(unit, findings);
  privileges.no_new_privileges = read_switch(unit, switches, "NoNewPrivileges");
  apply_dynamic_user(name, privileges);
  privileges.no_new_privileges_effective = privileges.no_new_privileges;
  const Directive* implied = find_implied_no_new_privileges(unit, switches, findings);
  // A process of root has CAP_SYS_ADMIN still when systemd looks, whatever its bounding set is.
  if (!privileges.no_new_privileges.value && !privileges.runs_as_root() && implied != nullptr) {
    privileges.no_new_privileges_effective = {true, implied->at};
  }
  privileges.exec = read_exec_lines(unit, name, switches, findings);
  privileges.settings = read_settings(unit, name, switches, findings);
  const Stated<std::string> type = read_type(unit, findings);
  check_service(unit, type.value, switches, privileges.exec, findings);
  privileges.settings["Type"] = effective_type(type, privileges);
  return privileges;
}
}  // namespace

bool Privileges::runs_as_root() const {
  return user.value == "root" || user.value == "0" || (user.value.empty() && !dynamic_user.value);
}

Analysis analyze(const UnitFile& unit, const FullName& name) {
  Analysis analysis;
  if (name.is_timer()) {
    analysis.privileges = defaults(unit);
    check_timer(unit, name, analysis.findings);
  } else {
    analysis.privileges = read_service(unit, name, analysis.findings);
  }
  check_install(unit, name, analysis.findings);
  sort_findings(analysis.findings);
  return analysis;
}

}  // namespace addon::unit
