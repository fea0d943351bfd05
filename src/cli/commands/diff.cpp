#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <utility>

#include "cli/addon_ids.hpp"
#include "cli/commands/all.hpp"
#include "cli/drift.hpp"
#include "cli/session.hpp"
#include "cli/settled.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kDiffHelp = R"(Usage: addonctl diff [ID...]

Shows what on this host is no longer as the last generation records it: files,
capabilities, units, what is enabled and what runs, and the registry. With IDs,
of these add-ons only. Changes nothing.

Exits 0 when there is no difference, 5 when there is one.

)";

void declare_diff(CLI::App& app, Arguments& arguments) { app.add_option("ID", arguments.operands); }

Result<executor::Prepared> repair_of(const Context& context, const std::set<AddonId>& ids) {
  auto session = TRY(Session::open(context));
  executor::Request request;
  request.verb = executor::Request::Verb::repair;
  request.addons = ids;
  // Nothing will be run, so nothing has to be allowed.
  executor::Prepared prepared = TRY(look_settled(session->root(), [&] {
    return executor::prepare(request, policy::SitePolicy::nothing(), session->ports());
  }));
  TRY(check_recorded(ids, prepared.generation));
  return prepared;
}

// Whatever policy says to it, which was not asked here.
bool can_be_repaired(const executor::Prepared& repair) {
  return std::all_of(repair.findings.begin(), repair.findings.end(), [](const Finding& finding) {
    return finding.severity != Severity::error || finding.rule->outcome == RuleOutcome::denied;
  });
}

std::string render(const std::vector<Drift>& drift, const Palette& palette) {
  std::string out;
  const std::string* addon = nullptr;
  for (const Drift& one : drift) {
    if (addon == nullptr || *addon != one.addon) {
      out += fmt::format("{}{}\n", addon == nullptr ? "" : "\n",
                         palette(Paint::bold, one.addon.empty() ? "host" : one.addon));
    }
    addon = &one.addon;
    out += fmt::format("  {} {}\n", palette(Paint::yellow, "~"), render(one));
  }
  return out;
}

Report run_diff(const Context& context, const Arguments& arguments) {
  const auto ids = parse_ids(arguments.operands);
  if (!ids) return failed(ids.error());
  const auto repair = repair_of(context, *ids);
  if (!repair) return failed(repair.error());
  std::vector<Drift> drift = find_drift(*repair);
  if (!ids->empty()) std::erase_if(drift, [](const Drift& one) { return one.addon.empty(); });
  std::stable_sort(drift.begin(), drift.end(),
                   [](const Drift& a, const Drift& b) { return a.addon < b.addon; });

  Report report;
  report.body["generation"] = repair->generation.number;
  report.body["drift"] = to_json(drift);
  report.body["warnings"] = repair->warnings;
  for (const std::string& warning : repair->warnings) context.console.warning(warning);
  if (drift.empty()) {
    report.conclusion = "No drift.";
    return report;
  }
  report.exit = kExitChanges;
  context.console.result(render(drift, context.console.palette()));
  report.conclusion = fmt::format("\n{} difference{} from generation {}.", drift.size(),
                                  drift.size() == 1 ? "" : "s", repair->generation.number);
  report.hints.emplace_back(can_be_repaired(*repair)
                                ? "addonctl plan -o FILE makes a plan that repairs the host"
                                : "addonctl plan says what stands in the way of a repair");
  return report;
}
}  // namespace

Command diff_command() {
  return {"diff",
          "show how this host has drifted",
          kDiffHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_diff,
          run_diff};
}

}  // namespace addon::cli
