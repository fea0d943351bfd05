#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "cli/addon_ids.hpp"
#include "cli/commands/all.hpp"
#include "cli/explain_policy.hpp"
#include "cli/lint/targets.hpp"
#include "cli/policy_files.hpp"
#include "cli/read_addon.hpp"
#include "cli/render_findings.hpp"
#include "cli/test_policy.hpp"
#include "core/capability.hpp"
#include "core/text.hpp"
#include "executor/generations.hpp"
#include "policy/check.hpp"
#include "policy/judge.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kPolicyHelp =
    R"(Usage: addonctl policy explain ID|PATH [WHAT]... [--policy FILE]...
       addonctl policy check [PATH]... [--policy FILE]...
       addonctl policy test FILE... [--policy FILE]...

Looks at the site policy itself. Changes nothing and needs no rights.

explain says of each thing that an add-on asks for which line of the policy
allows it or takes it away, or what to add for it to be allowed, for the site
or in a grant. PATH is a manifest or a bundle: it has a slash, or is a file or
directory here. ID is an active add-on of the host. Exits 4 when anything is
denied. An older version than the active one is judged by plan and apply only.
With WHAT, only of these: a capability, a user, a unit, a program or a path, as
explain names it.

check finds what a valid policy says to no effect or too widely: allows that a
deny takes away, lines that another makes void, patterns that cover nearly
everything or nothing, grants that have expired or will within 30 days,
grants for none of the add-ons in PATH, or else of the host's active ones, and
keys that are not among the host's trusted ones, where it has any folder of
them. These are warnings, and it exits 0.

test judges the cases of FILE, which say what a policy must allow and refuse
(addonctl schema policy-test). Their paths are relative to FILE. Exits 5 when
something is not as a case expects.

Each exits 3 when the policy, a manifest or a FILE is invalid.

Options:
  --policy FILE         Use this policy instead of the host's own. Several
                        make one policy together.

)";

void declare_policy(CLI::App& app, Arguments& arguments) { app.add_option("ARGUMENT", arguments.operands); }

std::chrono::sys_days day_of_judging() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

void append(std::vector<Finding>& to, std::vector<Finding> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

// explain.

bool is_path(const std::string& operand) {
  std::error_code ignored;
  return operand.find('/') != std::string::npos || std::filesystem::exists(operand, ignored);
}

/// An add-on to explain, and where it was found.
struct Subject {
  std::string place;
  ReadAddon read;
};

Result<std::vector<Subject>> read_subjects(const Context& context, const std::string& operand,
                                           const policy::SitePolicy& policy, std::vector<Finding>& findings) {
  std::vector<Subject> subjects;
  if (!is_path(operand)) {
    const std::set<AddonId> ids = TRY(parse_ids({operand}));
    auto session = TRY(Session::open(context));
    Subject subject;
    subject.read = TRY(read_active(*ids.begin(), *session, subject.place, policy.keys));
    subjects.push_back(std::move(subject));
    return subjects;
  }
  LintTargets targets = find_lint_targets({operand});
  append(findings, std::move(targets.findings));
  for (const LintTarget& target : targets.targets)
    subjects.push_back({target.path, read_addon(target, &policy)});
  return subjects;
}

void describe(const std::vector<ExplainedAddon>& explained, const Context& context, Report& report) {
  report.body["addons"] = Json::array();
  report.body["decisions"] = Json::array();
  std::size_t allowed = 0;
  for (const ExplainedAddon& addon : explained) {
    if (!report.body["addons"].empty()) context.console.result("\n");
    context.console.result(render(addon, context.console.palette()));
    report.body["addons"].push_back({{"id", addon.id}, {"version", addon.version}, {"place", addon.place}});
    for (const policy::Verdict& verdict : addon.verdicts) {
      report.body["decisions"].push_back(to_json(verdict));
      allowed += verdict.allowed ? 1U : 0U;
    }
  }
  if (explained.empty()) return;
  const std::size_t denied = report.body["decisions"].size() - allowed;
  report.body["summary"] = {{"allowed", allowed}, {"denied", denied}};
  report.conclusion = count_verdicts(explained);
  context.console.result("\n");
}

/// Whether a verdict is about that, by its name; of "Wants=ssh.service" also by the unit's. Capabilities are
/// named in any case, with or without "cap_".
bool is_about(const policy::Verdict& verdict, const std::string& what) {
  const auto capability = Capability::from_name(what);
  return verdict.what == what || verdict.what.ends_with("=" + what) ||
         (capability && verdict.what == capability->name());
}

/// Leaves only what is about one of these; a note for each that the add-on does not ask for. All when there
/// are none.
void narrow(policy::Judgement& judgement, const std::vector<std::string>& wanted, const AddonId& id,
            std::vector<std::string>& notes) {
  if (wanted.empty()) return;
  for (const std::string& what : wanted) {
    const bool is_asked =
        std::any_of(judgement.verdicts.begin(), judgement.verdicts.end(),
                    [&](const policy::Verdict& verdict) { return is_about(verdict, what); });
    if (!is_asked) notes.push_back(fmt::format("{} does not ask for {}", id.str(), quoted(what)));
  }
  std::erase_if(judgement.verdicts, [&](const policy::Verdict& verdict) {
    return std::none_of(wanted.begin(), wanted.end(),
                        [&](const std::string& what) { return is_about(verdict, what); });
  });
  std::erase_if(judgement.findings, [&](const Finding& finding) {
    return std::none_of(judgement.verdicts.begin(), judgement.verdicts.end(),
                        [&](const policy::Verdict& verdict) { return verdict.why == finding.message; });
  });
}

Report explain(const Context& context, const std::vector<std::string>& operands) {
  if (operands.empty()) {
    return misused("policy explain takes an ID or PATH, and what to explain of it",
                   "run addonctl policy --help for its usage");
  }
  const std::vector<std::string> wanted(operands.begin() + 1, operands.end());
  const auto loaded = load_policy(context.options, PolicyTrust::anyone);
  if (!loaded) return failed(loaded.error());
  Report report;
  report.findings = loaded->findings;
  const auto subjects = read_subjects(context, operands.front(), loaded->policy, report.findings);
  if (!subjects) return failed(subjects.error());

  std::vector<ExplainedAddon> explained;
  std::vector<Finding> denied;
  for (const Subject& subject : *subjects) {
    append(report.findings, subject.read.findings);
    if (!subject.read.addon) continue;
    policy::Judgement judgement =
        policy::judge(plan_of(*subject.read.addon), loaded->policy, day_of_judging());
    narrow(judgement, wanted, subject.read.addon->id, report.notes);
    append(denied, std::move(judgement.findings));
    explained.push_back({subject.read.addon->id.str(), subject.read.addon->version.str(), subject.place,
                         std::move(judgement.verdicts)});
  }
  describe(explained, context, report);
  // The table says it all to people.
  std::vector<Finding> all = report.findings;
  append(all, std::move(denied));
  report.exit = exit_code(all);
  if (!context.console.is_text()) report.findings = std::move(all);
  if (explained.empty()) report.conclusion = count_findings(report.findings);
  if (!loaded->present) {
    report.hints.push_back(
        fmt::format("there is no policy, so nothing is allowed; write {}, or name one with "
                    "--policy FILE",
                    loaded->usual_place));
  }
  return report;
}

// check.

/// The ids of what the operands hold, or else of what is active; nullopt where nobody can tell.
std::optional<std::set<AddonId>> known_addons(const Context& context, const std::vector<std::string>& paths,
                                              Report& report) {
  std::set<AddonId> ids;
  if (!paths.empty()) {
    LintTargets targets = find_lint_targets(paths);
    append(report.findings, std::move(targets.findings));
    for (const LintTarget& target : targets.targets) {
      ReadAddon read = read_addon(target, nullptr);
      append(report.findings, std::move(read.findings));
      if (read.addon) ids.insert(read.addon->id);
    }
    return has_errors(report.findings) ? std::nullopt : std::optional(std::move(ids));
  }
  auto session = Session::open(context);
  if (!session) return std::nullopt;
  const auto last = executor::read_last_generation((*session)->root());
  if (!last || last->generation.addons.empty()) return std::nullopt;
  for (const auto& [id, release] : last->generation.addons) ids.insert(id);
  return ids;
}

Report check(const Context& context, const std::vector<std::string>& operands) {
  const auto loaded = load_policy(context.options, PolicyTrust::anyone);
  if (!loaded && loaded.error().findings().empty()) return failed(loaded.error());
  Report report;
  report.findings = loaded ? loaded->findings : loaded.error().findings();
  if (loaded && !loaded->present) {
    Finding finding = make_finding(rules::policy_missing, "there is no site policy: nothing is allowed",
                                   {loaded->usual_place, 0, 0});
    finding.fix = "write it as root, or name one with --policy FILE";
    report.findings.push_back(std::move(finding));
  }
  const auto addons = known_addons(context, operands, report);
  if (loaded && loaded->present) {
    append(report.findings, policy::check_policy(loaded->policy, day_of_judging()));
    if (addons) append(report.findings, policy::unmatched_grants(loaded->policy, *addons));
    if (loaded->knows_keys)
      append(report.findings, policy::unknown_keys(loaded->policy, loaded->policy.keys));
  }
  sort_findings(report.findings);
  report.exit = exit_code(report.findings);
  report.conclusion = count_findings(report.findings);
  if (loaded && loaded->present && !addons && operands.empty()) {
    report.hints.emplace_back(
        "whether each grant matches an add-on was not looked at; name manifests with PATH");
  }
  return report;
}

// test.

Report test(const Context& context, const std::vector<std::string>& operands) {
  if (operands.empty()) {
    return misused("policy test needs at least one FILE", "run addonctl policy --help for its usage");
  }
  TestedPolicy tested = test_policy(operands, context.options, day_of_judging());
  Report report;
  report.body["cases"] = Json::array();
  std::size_t passed = 0;
  for (const TestedCase& one : tested.cases) {
    context.console.result(render(one, context.console.palette()));
    report.body["cases"].push_back(to_json(one));
    passed += one.differences.empty() ? 1U : 0U;
  }
  const std::size_t not_passed = tested.cases.size() - passed;
  report.body["summary"] = {{"passed", passed}, {"failed", not_passed}};
  report.findings = std::move(tested.findings);
  report.exit = exit_code(report.findings);
  if (report.exit == kExitDone && not_passed > 0) report.exit = kExitChanges;
  report.conclusion = fmt::format("{} passed, {} failed", passed, not_passed);
  if (!tested.cases.empty()) context.console.result("\n");
  return report;
}

Report run_policy(const Context& context, const Arguments& arguments) {
  const std::string verb = arguments.operands.empty() ? "" : arguments.operands.front();
  const std::vector<std::string> rest(arguments.operands.begin() + (verb.empty() ? 0 : 1),
                                      arguments.operands.end());
  if (verb == "explain") return explain(context, rest);
  if (verb == "check") return check(context, rest);
  if (verb == "test") return test(context, rest);
  const std::string meant = did_you_mean(verb, {"explain", "check", "test"});
  return misused("policy takes explain, check or test" +
                     (verb.empty() ? "" : fmt::format(", not {}", quoted(verb))) +
                     (meant.empty() ? "" : fmt::format("; did you mean {}?", quoted(meant))),
                 "run addonctl policy --help for its usage");
}
}  // namespace

Command policy_command() {
  return {"policy",
          "explain, check and test the site policy",
          kPolicyHelp,
          FindingsAre::results,
          PolicyFiles::accepted,
          declare_policy,
          run_policy};
}

}  // namespace addon::cli
