// What a version asks for as a whole, judged where it becomes the active one.
#include <fmt/format.h>

#include <string>

#include "core/text.hpp"
#include "policy/judge_steps.hpp"

namespace addon::policy {

namespace {

void judge_word(Bench& bench, const Rule& rule, const char* kind, const plan::Asked& asked,
                const Ruling& ruling) {
  const std::string subject = fmt::format("{} {}", kind, printable(asked.what));
  bench.verdicts.record(bench.step, bench.addon,
                        {&rule,
                         kind,
                         printable(asked.what),
                         subject,
                         subject,
                         asked.at,
                         asked.pointer,
                         {fmt::format("{}.allow", kind), printable(asked.what)}},
                        ruling);
}

void judge_manifest_user(Bench& bench, const plan::Asked& run_as) {
  if (run_as.what.empty()) return;
  const std::string user = user_name(run_as.what);
  const std::string shown = printable(user);
  bench.verdicts.record(bench.step, bench.addon,
                        {&rules::policy_run_as, "user", shown, fmt::format("user {}", shown),
                         fmt::format("the add-on to run as {}", shown), run_as.at, run_as.pointer,
                         user_entry(user), kOtherUser},
                        bench.scopes.run_as(user));
}

void judge_state_dir(Bench& bench, const plan::Asked& dir) {
  const std::string subject = fmt::format("state directory {}", printable(dir.what));
  bench.verdicts.record(bench.step, bench.addon,
                        {&rules::policy_state_dir,
                         "state-dir",
                         printable(dir.what),
                         subject,
                         subject,
                         dir.at,
                         dir.pointer,
                         {"paths.state_dirs", fmt::format("\"{}\"", printable(dir.what))}},
                        bench.scopes.state_dir(dir.what));
}

// Root's own gives nobody anything.
void judge_owner(Bench& bench, const char* kind, const plan::Asked& asked) {
  const std::string name = user_name(asked.what);
  if (name == "root") return;
  const std::string shown = printable(name);
  const std::string subject = fmt::format("{} {}", kind, shown);
  bench.verdicts.record(bench.step, bench.addon,
                        {&rules::policy_run_as, kind, shown, subject,
                         fmt::format("{} {} to own a state directory", kind, shown), asked.at, asked.pointer,
                         user_entry(name), kOtherUser},
                        bench.scopes.run_as(name));
}

/// A program of the host that the host's agent is told to run.
void judge_told_program(Bench& bench, const plan::Asked& program) {
  const std::string shown = printable(program.what);
  bench.verdicts.record(bench.step, bench.addon,
                        {&rules::policy_exec_path,
                         "program",
                         shown,
                         fmt::format("program {}", shown),
                         fmt::format("the agent to run {}", shown),
                         program.at,
                         program.pointer,
                         {"units.exec_paths", fmt::format("\"{}\"", shown)}},
                        bench.scopes.exec_path(program.what));
}

}  // namespace

void judge_state_dir(Bench& bench, const plan::MakeStateDir& action) {
  judge_state_dir(bench, action.path);
  judge_owner(bench, "user", {action.owner, action.path.at, {}});
  if (!action.group.empty()) judge_owner(bench, "group", {action.group, action.path.at, {}});
}

void judge_terms(Bench& bench, const Version& version, const std::optional<plan::Terms>& terms) {
  if (!terms) {
    bench.verdicts.refuse(
        bench.addon, {&rules::policy_delivery, "delivery", "", "terms", "terms", {}},
        make_finding(rules::policy_delivery,
                     fmt::format("the step that activates {} {} does not say what it asks for",
                                 bench.addon.str(), version.str())));
    return;
  }
  // A word that is none of the known ones has no line that could allow it.
  const auto delivery = manifest::delivery_from(terms->delivery.what);
  judge_word(bench, rules::policy_delivery, "delivery", terms->delivery,
             delivery ? bench.scopes.delivery(*delivery) : Ruling{});
  const auto supervision = manifest::supervision_from(terms->supervision.what);
  judge_word(bench, rules::policy_supervision, "supervision", terms->supervision,
             supervision ? bench.scopes.supervision(*supervision) : Ruling{});
  judge_manifest_user(bench, terms->run_as);
  for (const plan::Asked& dir : terms->state_dirs) judge_state_dir(bench, dir);
  for (const plan::Asked& owner : terms->state_owners) judge_owner(bench, "user", owner);
  for (const plan::Asked& group : terms->state_groups) judge_owner(bench, "group", group);
  if (terms->program) judge_told_program(bench, *terms->program);
}

}  // namespace addon::policy
