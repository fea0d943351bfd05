// What a unit that is installed would be and do: its name, its user, its prefixes, the units it reaches.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/text.hpp"
#include "policy/judge_steps.hpp"

namespace addon::policy {

namespace {

void judge_name(Bench& bench, const plan::InstallUnit& action) {
  const std::string& name = action.unit.str();
  bench.verdicts.record(
      bench.step, bench.addon,
      {&rules::policy_unit_name, fmt::format("unit name {}", name), fmt::format("a unit called {}", name),
       action.name.at, action.name.pointer, fmt::format("\"{}\" to units.names", name)},
      bench.scopes.unit_name(name));
}

/// The user that must exist already, "" for one that systemd makes. DynamicUser= takes an existing user
/// of User='s name instead of making one (systemd.exec(5)), so what User= says needs a line of its own.
std::string static_user(const unit::Privileges& privileges) {
  const bool named_by_unit =
      privileges.dynamic_user.value &&
      (privileges.user.value.empty() || privileges.user.at == privileges.dynamic_user.at);
  if (named_by_unit && !privileges.runs_as_root()) return "";
  return user_name(privileges.user.value);
}

void judge_user(Bench& bench, const plan::InstallUnit& action, const std::string& user) {
  const unit::Privileges& privileges = action.privileges;
  if (privileges.dynamic_user.value) {
    bench.verdicts.record(
        bench.step, bench.addon,
        {&rules::policy_run_as, "dynamic user", fmt::format("{} to have a dynamic user", action.unit.str()),
         privileges.dynamic_user.at, "", "allow_dynamic_user: true to run_as"},
        bench.scopes.dynamic_user());
  }
  if (user.empty()) return;
  const bool unset = privileges.user.value.empty() && !privileges.dynamic_user.value;
  bench.verdicts.record(bench.step, bench.addon,
                        {&rules::policy_run_as, fmt::format("user {}", printable(user)),
                         fmt::format("{} to run as {}{}", action.unit.str(), printable(user),
                                     unset ? ", which it does without User=" : ""),
                         privileges.user.at, "", fmt::format("{} to run_as.allow", printable(user))},
                        bench.scopes.run_as(user));
}

void judge_prefixes(Bench& bench, const plan::InstallUnit& action) {
  for (const unit::ExecCommand& command : action.privileges.exec) {
    for (const std::string& prefix : command.prefixes) {
      bench.verdicts.record(
          bench.step, bench.addon,
          {&rules::policy_exec_prefix, fmt::format("prefix {}", prefix),
           fmt::format("the prefix {} in {}= of {}", prefix, command.directive, action.unit.str()),
           command.at, "", fmt::format("\"{}\" to units.exec_prefixes", prefix)},
          bench.scopes.exec_prefix(prefix));
    }
  }
}

void judge_reference(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units,
                     std::string_view directive, const unit::Stated<std::string>& reference) {
  if (own_units.contains(reference.value)) return;
  const std::string assignment = fmt::format("{}={}", directive, printable(reference.value));
  Finding finding = make_finding(
      rules::policy_unit_reference,
      fmt::format("{} of {} reaches a unit that is not the add-on's own", assignment, action.unit.str()),
      reference.at);
  finding.fix = directive == "Unit" ? "name a service of the add-on" : fmt::format("remove {}", assignment);
  bench.verdicts.refuse(bench.addon, fmt::format("{} of {}", assignment, action.unit.str()),
                        std::move(finding));
}

void judge_references(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units) {
  for (const auto& also : action.install.also) judge_reference(bench, action, own_units, "Also", also);
  for (const auto& alias : action.install.alias) judge_reference(bench, action, own_units, "Alias", alias);
  if (action.unit.is_timer()) judge_reference(bench, action, own_units, "Unit", action.install.activates);
}

}  // namespace

std::string user_name(const std::string& user) { return user.empty() || user == "0" ? "root" : user; }

void judge_unit(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units) {
  judge_name(bench, action);
  judge_references(bench, action, own_units);
  // A timer runs nothing itself.
  if (action.unit.is_timer()) return;
  const std::string user = static_user(action.privileges);
  judge_user(bench, action, user);
  judge_prefixes(bench, action);
  judge_ambient(bench, action);
  if (action.privileges.runs_as_root()) judge_bounding_set(bench, action);
}

}  // namespace addon::policy
