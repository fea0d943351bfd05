#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/commands/all.hpp"
#include "cli/plan_file.hpp"
#include "cli/policy_files.hpp"
#include "cli/prepare_saved.hpp"
#include "cli/render_plan.hpp"
#include "cli/session.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kHelp = R"(Usage: addonctl show FILE

Prints a plan that addonctl plan -o saved, and says so when it is stale: when
the policy, the bundles or this host have changed since, so that it can no
longer be applied here. A plan that was edited is refused with exit code 3.

)";

void declare(CLI::App& app, Arguments& arguments) { app.add_option("FILE", arguments.operands); }

// What has changed since the plan was made; an error where this host, the policy or the bundles
// cannot be seen from here.
Result<std::vector<std::string>> staleness(const Context& context, const plan::SavedPlan& saved,
                                           const std::string& file) {
  auto session = TRY(Session::open(context.options, context.console));
  const LoadedPolicy policy = TRY(load_site_policy(root_path(context.options), PolicyTrust::root_only));
  return TRY(prepare_saved(saved, file, std::nullopt, policy, *session)).differences;
}

Report run(const Context& context, const Arguments& arguments) {
  if (arguments.operands.size() != 1) {
    return misused("show takes one saved plan", "addonctl plan PATH... -o FILE saves one");
  }
  const std::string& file = arguments.operands.front();
  const auto saved = read_plan_file(file);
  if (!saved) return failed(saved.error());
  Report report;
  report.body["plan"] = saved->json;
  context.console.result(render_plan(saved->json, context.console.palette()));
  const auto differences = staleness(context, *saved, file);
  report.body["stale"] = differences ? Json(!differences->empty()) : Json(nullptr);
  report.body["differences"] = differences ? Json(*differences) : Json::array();
  if (!differences) {
    report.hints.push_back(
        fmt::format("whether it is stale cannot be told from here: {}", differences.error().message()));
  } else if (!differences->empty()) {
    report.conclusion =
        fmt::format("This plan is stale: {} changed since it was made.", enumerate(*differences));
  }
  return report;
}
}  // namespace

Command show_command() {
  return {"show", "print a saved plan", kHelp, FindingsAre::problems, PolicyFiles::refused, declare, run};
}

}  // namespace addon::cli
