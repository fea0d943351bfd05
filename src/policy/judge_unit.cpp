// What a unit that is installed would be called and run as.
#include <fmt/format.h>

#include <string>

#include "core/text.hpp"
#include "policy/judge_steps.hpp"

namespace addon::policy {

namespace {

void judge_name(Bench& bench, const plan::InstallUnit& action) {
  const std::string& name = action.unit.str();
  bench.verdicts.record(bench.step, bench.addon,
                        {&rules::policy_unit_name,
                         "unit-name",
                         name,
                         fmt::format("unit name {}", name),
                         fmt::format("a unit called {}", name),
                         action.name.at,
                         action.name.pointer,
                         {"units.names", fmt::format("\"{}\"", name)}},
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
    bench.verdicts.record(bench.step, bench.addon,
                          {&rules::policy_run_as,
                           "dynamic-user",
                           "DynamicUser=yes",
                           "dynamic user",
                           fmt::format("{} to have a dynamic user", action.unit.str()),
                           privileges.dynamic_user.at,
                           "",
                           {"run_as", "allow_dynamic_user: true"}},
                          bench.scopes.dynamic_user());
  }
  if (user.empty()) return;
  const bool unset = privileges.user.value.empty() && !privileges.dynamic_user.value;
  bench.verdicts.record(
      bench.step, bench.addon,
      {&rules::policy_run_as, "user", printable(user), fmt::format("user {}", printable(user)),
       fmt::format("{} to run as {}{}", action.unit.str(), printable(user),
                   unset ? ", which it does without User=" : ""),
       privileges.user.at, "", user_entry(user), kOtherUser},
      bench.scopes.run_as(user));
}

/// DynamicUser= makes a group of the user's name, and does so only where there is none.
void judge_group(Bench& bench, const plan::InstallUnit& action, const std::string& group,
                 const SourceSpan& at) {
  const std::string name = user_name(group);
  const std::string shown = printable(name);
  const Request request{&rules::policy_run_as,
                        "group",
                        shown,
                        fmt::format("group {}", shown),
                        fmt::format("{} to run with the group {}", action.unit.str(), shown),
                        at,
                        "",
                        user_entry(name),
                        kOtherUser};
  const Ruling ruling = bench.scopes.run_as(name);
  // A user whose own group it is was refused already.
  if (bench.verdicts.has_refused(bench.addon, fmt::format("user {}", shown))) {
    return bench.verdicts.note(bench.addon, request, ruling);
  }
  bench.verdicts.record(bench.step, bench.addon, request, ruling);
}

void judge_groups(Bench& bench, const plan::InstallUnit& action) {
  const unit::Privileges& privileges = action.privileges;
  const bool made_with_user =
      privileges.dynamic_user.value && privileges.group.at == privileges.dynamic_user.at;
  if (!privileges.group.value.empty() && !made_with_user) {
    judge_group(bench, action, privileges.group.value, privileges.group.at);
  }
  for (const std::string& group : privileges.supplementary_groups.value) {
    judge_group(bench, action, group, privileges.supplementary_groups.at);
  }
}

}  // namespace

Entry user_entry(const std::string& user) {
  // As the policy's schema has it; what it refuses can stand in no line.
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz_";
  const std::string_view stem = std::string_view(user).substr(0, user.size() - (user.ends_with('$') ? 1 : 0));
  const bool can_stand =
      user.size() <= 32 && !stem.empty() && letters.find(stem.front()) != std::string_view::npos &&
      stem.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789-") == std::string_view::npos;
  return can_stand ? Entry{"run_as.allow", user} : Entry{};
}

std::string user_name(const std::string& user) { return user.empty() || user == "0" ? "root" : user; }

void judge_unit(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units) {
  judge_name(bench, action);
  judge_forbidden(bench, action);
  judge_required(bench, action);
  judge_references(bench, action, own_units);
  // A timer runs nothing itself.
  if (action.unit.is_timer()) return;
  const std::string user = static_user(action.privileges);
  judge_user(bench, action, user);
  judge_groups(bench, action);
  judge_programs(bench, action);
  judge_paths(bench, action);
  judge_ambient(bench, action);
  if (action.privileges.runs_as_root()) judge_bounding_set(bench, action);
}

}  // namespace addon::policy
