#include "cli/change.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iterator>
#include <utility>
#include <variant>

#include "cli/interruption.hpp"
#include "cli/render_plan.hpp"
#include "core/duration.hpp"
#include "executor/execute.hpp"
#include "linux/process.hpp"
#include "linux/trust.hpp"
#include "plan/plan.hpp"
#include "policy/judge.hpp"

namespace addon::cli {

namespace {
std::chrono::sys_days today(const Session& session) {
  return std::chrono::floor<std::chrono::days>(session.clock().now());
}

// Whoever can swap the root directory decides what is written below it.
Result<> check_root(const GlobalOptions& options) {
  if (options.root.empty()) return {};
  return linux::check_trusted(root_path(options)).map_error([](Error error) {
    return std::move(error).with_context("--root");
  });
}

// Asked for again and again: a flock(2) that blocks can neither be given up in time nor say who has it.
Result<linux::HostLock> take_lock(Session& session, std::string_view verb, std::chrono::milliseconds wait) {
  constexpr std::chrono::milliseconds pause{50};
  executor::Ports& ports = session.ports();
  const auto deadline = ports.clock.monotonic() + wait;
  for (bool is_told = false;; is_told = true) {
    auto lock = linux::HostLock::try_lock(session.root(), verb, ports.clock);
    const bool is_taken = !lock && lock.error().kind() == ErrorKind::locked;
    if (!is_taken || ports.clock.monotonic() >= deadline) return lock;
    if (!is_told) ports.progress.doing("waiting for another run to end");
    ports.clock.sleep(pause);
  }
}

Finding no_policy(const LoadedPolicy& policy) {
  Finding finding = make_finding(rules::policy_missing, "there is no site policy, so nothing is allowed",
                                 {policy.usual_place, 0, 0});
  finding.fix = fmt::format("write {} as root", policy.usual_place);
  return finding;
}

Report nobody_to_ask(Report report, std::string_view verb) {
  report.exit = static_cast<int>(ErrorKind::usage);
  report.error =
      fmt::format("{} changes the host and there is no terminal to ask on; nothing was changed", verb);
  report.hints.emplace_back("add --yes to go ahead without being asked");
  return report;
}

Report unseen(Report report) {
  report.exit = static_cast<int>(ErrorKind::failed);
  report.error = "the plan cannot be written to standard output, so nobody has seen it; nothing was changed";
  return report;
}

// Programs write to their data as long as they run; whoever consents to its end consents to that.
Digest digest_without_contents(plan::Plan plan) {
  for (plan::Step& step : plan.steps) {
    if (auto* purge = std::get_if<plan::PurgeStateDir>(&step.action)) purge->contents = {};
  }
  return plan::digest_of(plan);
}

Error changed_meanwhile() {
  return Error(
      "the policy, a bundle or the host changed while the question stood; nothing was changed, run it again",
      ErrorKind::stale);
}

// People take their time to answer.
Result<> check_same(const Context& context, const Change& change, const executor::Prepared& seen,
                    const executor::Request& request) {
  const LoadedPolicy policy = TRY(load_site_policy(root_path(context.options), PolicyTrust::root_only));
  const executor::Prepared now = TRY(executor::prepare(request, policy.policy, change.session->ports()));
  if (digest_without_contents(now.plan) == digest_without_contents(seen.plan)) return {};
  return tl::unexpected(changed_meanwhile());
}

Report run(const Context& context, Change& change, const policy::ApprovedPlan& approved,
           const executor::Prepared& prepared, Report report, std::string_view done) {
  const Interruption interruption;
  executor::Ports ports = change.session->ports();
  ports.interrupted = &interruption.flag();
  const auto outcome = executor::execute(approved, prepared.bundles, prepared.generation, ports);
  if (!outcome) {
    Report failure = failed(outcome.error());
    failure.body = std::move(report.body);
    return failure;
  }
  report.body["generation"] = outcome->generation;
  report.body["applied"] = true;
  report.body["warnings"] = outcome->warnings;
  for (const std::string& warning : outcome->warnings) context.console.warning(warning);
  const plan::Summary& summary = prepared.plan.summary;
  report.conclusion = fmt::format("{}: generation {}, {} added, {} updated, {} removed.", done,
                                  outcome->generation, summary.add, summary.update, summary.remove);
  if (!change.session->is_live()) {
    report.body["skipped"] = {"start", "health"};
    report.notes.emplace_back("skipped: units are not started and health is not checked below --root");
  }
  return report;
}
}  // namespace

// Ctrl-C is an answer, too: what was unpacked is to be removed.
bool asked_and_agreed(const Context& context) {
  const Interruption interruption(Interruption::Waiting::ends);
  return context.console.confirm("Apply these changes?") && !interruption.flag().load();
}

Report cancelled(Report report) {
  report.exit = static_cast<int>(ErrorKind::failed);
  report.error = "cancelled; nothing was changed";
  return report;
}

bool has_changes(const plan::Plan& plan) { return !plan.steps.empty() || plan.summary.has_changes(); }

std::vector<Finding> all_findings(const LoadedPolicy& policy, const executor::Prepared& prepared) {
  std::vector<Finding> findings = policy.findings;
  findings.insert(findings.end(), prepared.findings.begin(), prepared.findings.end());
  if (policy.present) return findings;
  const auto denied = std::erase_if(
      findings, [](const Finding& finding) { return finding.rule->outcome == RuleOutcome::denied; });
  if (denied > 0) findings.push_back(no_policy(policy));
  return findings;
}

Json to_json(const executor::Recovery& recovery) {
  using Outcome = executor::Recovery::Outcome;
  if (recovery.outcome == Outcome::nothing) return nullptr;
  return {{"outcome", recovery.outcome == Outcome::undone ? "undone" : "finished"},
          {"verb", recovery.verb},
          {"time", recovery.time}};
}

void declare_wait(CLI::App& app, Arguments& arguments) {
  app.add_option_function<std::string>("--wait", [&arguments](const std::string& text) {
    const auto wait = parse_duration(text);
    if (!wait) throw CLI::ConversionError(wait.error().message(), CLI::ExitCodes::ConversionError);
    arguments.wait = *wait;
  });
}

Result<HeldHost> hold_host(const Context& context, std::string_view verb, std::chrono::milliseconds wait) {
  if (!linux::runs_as_root()) {
    return tl::unexpected(
        Error(fmt::format("{} changes the host, which only root may; run it with sudo", verb),
              ErrorKind::unauthorised));
  }
  auto session = TRY(Session::open(context));
  TRY(check_root(context.options));
  linux::HostLock lock = TRY(take_lock(*session, verb, wait));
  context.desk.begins();
  session->ports().caller = context.desk.caller();
  executor::Recovery recovery = TRY(executor::recover(session->ports()));
  for (const std::string& warning : recovery.warnings) context.console.warning(warning);
  if (const std::string sentence = recovery.sentence(); !sentence.empty()) context.console.note(sentence);
  return HeldHost{std::move(session), std::move(lock), std::move(recovery)};
}

Result<Change> begin_change(const Context& context, std::string_view verb, std::chrono::milliseconds wait) {
  HeldHost held = TRY(hold_host(context, verb, wait));
  LoadedPolicy policy = TRY(load_site_policy(root_path(context.options), PolicyTrust::root_only));
  return Change{std::move(held.session), std::move(held.lock), std::move(held.recovery), std::move(policy)};
}

Report finish_change(const Context& context, Change& change, executor::Prepared prepared,
                     const Asking& asking, std::string_view done) {
  // Nothing shall be said in the middle of a question.
  change.session->ports().progress.doing("");
  Report report;
  report.findings = all_findings(change.policy, prepared);
  report.exit = exit_code(report.findings);
  report.body = {
      {"generation", prepared.generation.number}, {"applied", false}, {"plan", plan::to_json(prepared.plan)}};
  if (const Json recovered = to_json(change.recovery); !recovered.is_null())
    report.body["recovered"] = recovered;
  if (report.exit != kExitDone) return report;
  const std::string shown = digest_without_contents(prepared.plan).hex();
  if (asking.agreed && *asking.agreed != shown) return failed(changed_meanwhile());
  if (!asking.agreed) context.console.result(render_plan(report.body["plan"], context.console.palette()));
  if (!has_changes(prepared.plan)) return report;
  if (!context.console.flush()) return unseen(std::move(report));
  if (asking.consent == Consent::ask && !asking.agreed) {
    if (!context.console.can_ask()) return nobody_to_ask(std::move(report), prepared.plan.verb);
    context.console.result("\n");
    if (context.desk.answers() == Answers::later) {
      report.body["question"] = shown;
      return report;
    }
    if (!asked_and_agreed(context)) return cancelled(std::move(report));
    const auto same = check_same(context, change, prepared, asking.request);
    if (!same) return failed(same.error());
  }
  // Judged again, by the one function that can make an ApprovedPlan.
  const auto approved = policy::approve(prepared.plan, change.policy.policy, today(*change.session));
  if (!approved) return failed(approved.error());
  return run(context, change, *approved, prepared, std::move(report), done);
}

}  // namespace addon::cli
