#include "unit/switches.hpp"

#include <algorithm>
#include <array>

#include "unit/value_finding.hpp"

namespace addon::unit {

namespace {
constexpr std::array<std::string_view, 23> switch_keys = {
    "DynamicUser",
    "LockPersonality",
    "MemoryDenyWriteExecute",
    "MountAPIVFS",
    "NoNewPrivileges",
    "PermissionsStartOnly",
    "PrivateDevices",
    "PrivateIPC",
    "PrivateMounts",
    "PrivateNetwork",
    "PrivateTmp",
    "PrivateUsers",
    "ProtectClock",
    "ProtectControlGroups",
    "ProtectHostname",
    "ProtectKernelLogs",
    "ProtectKernelModules",
    "ProtectKernelTunables",
    "RemainAfterExit",
    "RemoveIPC",
    "RestrictRealtime",
    "RestrictSUIDSGID",
    "RootDirectoryStartOnly",
};

struct WiderSwitch {
  std::string_view key;
  std::array<std::string_view, 2> more_values;
  std::string_view why;
  std::string_view fix;
};
constexpr std::array<WiderSwitch, 2> wider_switches = {{
    {"ProtectHome",
     {"read-only", "tmpfs"},
     "is neither a boolean nor read-only nor tmpfs; systemd ignores it",
     "write yes, no, read-only or tmpfs"},
    {"ProtectSystem",
     {"full", "strict"},
     "is neither a boolean nor full nor strict; systemd ignores it",
     "write yes, no, full or strict"},
}};

void check_wider(const WiderSwitch& wider, const Directive& directive, std::vector<Finding>& findings) {
  const auto& more = wider.more_values;
  if (parse_boolean(directive.value) || std::find(more.begin(), more.end(), directive.value) != more.end())
    return;
  findings.push_back(value_finding(directive, wider.why, std::string(wider.fix)));
}
}  // namespace

Switches read_switches(const UnitFile& unit, std::vector<Finding>& findings) {
  Switches switches;
  for (const Directive& directive : unit.directives) {
    if (directive.section != "Service") continue;
    const auto* key = std::find(switch_keys.begin(), switch_keys.end(), directive.key);
    if (key != switch_keys.end()) {
      if (parse_boolean(directive.value)) {
        switches[*key] = &directive;
      } else {
        findings.push_back(
            value_finding(directive, "is not a boolean; systemd ignores it", "write yes or no"));
      }
    }
    const auto* wider =
        std::find_if(wider_switches.begin(), wider_switches.end(),
                     [&](const WiderSwitch& candidate) { return candidate.key == directive.key; });
    if (wider != wider_switches.end()) check_wider(*wider, directive, findings);
  }
  return switches;
}

const Directive* turned_on_by(const Switches& switches, std::string_view key) {
  const auto found = switches.find(key);
  if (found == switches.end() || !parse_boolean(found->second->value).value_or(false)) return nullptr;
  return found->second;
}

}  // namespace addon::unit
