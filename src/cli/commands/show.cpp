#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>

#include "cli/commands/all.hpp"
#include "cli/markdown_plan.hpp"
#include "cli/policy_files.hpp"
#include "cli/prepare_saved.hpp"
#include "cli/render_plan.hpp"
#include "cli/session.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kShowHelp = R"(Usage: addonctl show FILE

Prints a plan that addonctl plan -o saved, and says so when it is stale: when
the policy, the bundles or this host have changed since, so that it can no
longer be applied here. A plan that was edited is refused with exit code 3.

Options:
  --format text|json|markdown
                        How it is printed: for people, as one object, or as a
                        comment for a pull request.

)";

void declare_show(CLI::App& app, Arguments& arguments) { app.add_option("FILE", arguments.operands); }

struct Staleness {
  std::vector<std::string> differences;
  std::optional<std::uint64_t> applied_as;
};

// What has changed since the plan was made; an error where this host, the policy or the bundles
// cannot be seen from here.
Result<Staleness> staleness(const Context& context, const plan::SavedPlan& saved, const std::string& file) {
  auto session = TRY(Session::open(context));
  const LoadedPolicy policy = TRY(load_site_policy(root_path(context.options), PolicyTrust::root_only));
  const auto again = TRY(
      prepare_saved(saved, file, {.platform = session->ports().platform}, policy, *session, context.desk));
  return Staleness{again.differences, applied_as(saved, session->root())};
}

std::string conclusion(const Staleness& staleness) {
  if (staleness.differences.empty()) return "";
  if (staleness.applied_as)
    return fmt::format("This plan was already applied as generation {}.", *staleness.applied_as);
  return fmt::format("This plan is stale; since it was made, this changed: {}.",
                     join(staleness.differences, "; "));
}

Report show_plan(const Context& context, const Arguments& arguments) {
  if (arguments.operands.size() != 1) {
    return misused("show takes one saved plan", "addonctl plan PATH... -o FILE saves one");
  }
  const std::string& file = arguments.operands.front();
  const auto saved = context.desk.read_plan(file);
  if (!saved) return failed(saved.error());
  Report report;
  report.body["plan"] = saved->json;
  if (context.console.is_text()) context.console.result(render_plan(saved->json, context.console.palette()));
  const auto found = staleness(context, *saved, file);
  report.body["stale"] = found ? Json(!found->differences.empty()) : Json(nullptr);
  report.body["differences"] = found ? Json(found->differences) : Json::array();
  if (found) {
    report.conclusion = wrap(conclusion(*found), kScreenColumns, 0, 0);
  } else {
    report.hints.push_back(
        fmt::format("whether it is stale cannot be told from here: {}", found.error().message()));
  }
  return report;
}

constexpr std::array kShowFormats = {Format::markdown};

Report run_show(const Context& context, const Arguments& arguments) {
  return with_markdown(show_plan(context, arguments), context.options);
}
}  // namespace

Command show_command() {
  return {
      "show",   "print a saved plan", kShowHelp, FindingsAre::problems, PolicyFiles::refused, declare_show,
      run_show, kShowFormats};
}

}  // namespace addon::cli
