#include "unit/completeness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "unit/install.hpp"
#include "unit/install_words.hpp"
#include "unit/specifiers.hpp"
#include "unit/value_finding.hpp"

namespace addon::unit {

namespace {
constexpr std::array<std::string_view, 7> types = {"simple", "exec",   "forking", "oneshot",
                                                   "dbus",   "notify", "idle"};

constexpr std::array<std::string_view, 8> timer_events = {
    "OnActiveSec",  "OnBootSec",        "OnCalendar",      "OnClockChange",
    "OnStartupSec", "OnTimezoneChange", "OnUnitActiveSec", "OnUnitInactiveSec"};

bool has_success_action(const UnitFile& unit) {
  const Directive* action = unit.last("Unit", "SuccessAction");
  return action != nullptr && !action->value.empty() && action->value != "none";
}

Finding incomplete(const UnitFile& unit, std::string_view what, std::string fix) {
  Finding finding = make_finding(rules::unit_incomplete,
                                 fmt::format("systemd would not load this unit: {}", what), {unit.file});
  finding.fix = std::move(fix);
  return finding;
}

bool has_command(const std::vector<ExecCommand>& commands, std::string_view directive) {
  return std::any_of(commands.begin(), commands.end(),
                     [&](const ExecCommand& command) { return command.directive == directive; });
}

// Its faults are reported already; that nothing is left of it is no fault of its own.
bool has_unread_command(const UnitFile& unit) {
  const Directive* start = unit.last("Service", "ExecStart");
  const Directive* stop = unit.last("Service", "ExecStop");
  return (start != nullptr && !start->value.empty()) || (stop != nullptr && !stop->value.empty());
}

// What only the host or an instance can resolve may well become one.
bool may_be_unit_name(const Resolved& word) {
  return word.refused.empty() && (!word.left.empty() || is_unit_name(word.text));
}

void check_single_start(const std::vector<ExecCommand>& commands, std::vector<Finding>& findings) {
  const auto is_start = [](const ExecCommand& command) { return command.directive == "ExecStart"; };
  const auto first = std::find_if(commands.begin(), commands.end(), is_start);
  const auto second = std::find_if(first + 1, commands.end(), is_start);
  if (second == commands.end()) return;
  Finding finding = make_finding(rules::unit_value,
                                 "this is a second ExecStart= command, which only Type=oneshot may have; "
                                 "systemd would not load the unit",
                                 second->at);
  finding.fix = "keep one command, or write an empty ExecStart= before the one to keep";
  findings.push_back(std::move(finding));
}
}  // namespace

Stated<std::string> read_type(const UnitFile& unit, std::vector<Finding>& findings) {
  Stated<std::string> type{"", {unit.file}};
  for (const Directive* directive : unit.all("Service", "Type")) {
    if (std::find(types.begin(), types.end(), directive->value) != types.end()) {
      type = {directive->value, directive->at};
    } else {
      findings.push_back(value_finding(*directive, "is not a type of service; systemd ignores it",
                                       fmt::format("write one of {}", fmt::join(types, ", "))));
    }
  }
  return type;
}

void check_service(const UnitFile& unit, const std::string& type, const Switches& switches,
                   const std::vector<ExecCommand>& commands, std::vector<Finding>& findings) {
  const bool starts = has_command(commands, "ExecStart");
  const bool stops = has_command(commands, "ExecStop");
  if (starts) {
    if (type != "oneshot") check_single_start(commands, findings);
    return;
  }
  if (!stops && has_unread_command(unit)) return;
  const bool needs_start = !type.empty() && type != "oneshot";
  const bool remains = turned_on_by(switches, "RemainAfterExit") != nullptr;
  if (!stops && !has_success_action(unit)) {
    findings.push_back(
        incomplete(unit, "it has neither ExecStart= nor ExecStop=", "add ExecStart= to [Service]"));
  } else if (needs_start) {
    findings.push_back(incomplete(unit, "it has no ExecStart=, which only Type=oneshot may lack",
                                  "add ExecStart= to [Service]"));
  } else if (!remains && !has_success_action(unit)) {
    findings.push_back(
        incomplete(unit, "it has no ExecStart= and no RemainAfterExit=yes", "add either to [Service]"));
  }
}

void check_timer(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings) {
  const bool starts =
      std::any_of(unit.directives.begin(), unit.directives.end(), [](const Directive& directive) {
        return directive.section == "Timer" && !directive.value.empty() &&
               std::find(timer_events.begin(), timer_events.end(), directive.key) != timer_events.end();
      });
  if (!starts) {
    findings.push_back(
        incomplete(unit, "nothing says when the timer elapses", "add OnCalendar= or OnBootSec= to [Timer]"));
  }
  const Directive* taken = nullptr;
  for (const Directive* directive : unit.all("Timer", "Unit")) {
    const Resolved activated = resolve_specifiers(directive->value, name);
    if (taken != nullptr) {
      findings.push_back(value_finding(
          *directive,
          fmt::format("comes after line {}, which names a unit already; systemd ignores it", taken->at.line),
          "keep one Unit="));
    } else if (!may_be_unit_name(activated) || activated.text == name.str()) {
      findings.push_back(value_finding(*directive, "is not a unit that a timer can start; systemd ignores it",
                                       "write the name of a service"));
    } else {
      taken = directive;
    }
  }
}

void check_install(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings) {
  for (const Directive& directive : unit.directives) {
    if (directive.section != "Install") continue;
    if (directive.key != "WantedBy" && directive.key != "RequiredBy") continue;
    const auto words = split_install_words(directive.value);
    if (!words) {
      findings.push_back(unbalanced_finding(directive));
      continue;
    }
    for (const std::string& word : *words) {
      if (may_be_unit_name(resolve_specifiers(word, name))) continue;
      findings.push_back(value_finding(
          directive,
          fmt::format("names {}, which is not a unit; systemd would not enable this one", quoted(word)),
          "write the name of a unit, like multi-user.target"));
    }
  }
}

}  // namespace addon::unit
