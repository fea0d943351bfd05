#include "plan/plan.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <utility>

#include "cli/bundle_sources.hpp"
#include "cli/change.hpp"
#include "cli/commands/all.hpp"
#include "cli/markdown_plan.hpp"
#include "cli/policy_files.hpp"
#include "cli/render_plan.hpp"
#include "cli/session.hpp"
#include "cli/settled.hpp"
#include "core/text.hpp"
#include "executor/prepare.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kPlanHelp =
    R"(Usage: addonctl plan [PATH...] [-o FILE] [--prune] [--detailed-exitcode]
                     [--source DIR] [--policy FILE]...

Shows what would have to change for the bundles at PATH to be active on this
host, from what to what, and which line of the site's policy allows it.
Changes nothing. A PATH is a bundle's directory, the manifest in it, or its
archive (.tar.gz, .tar.zst).

Without PATH, shows what would repair the host: all that differs from the last
generation.

Exits 3 or 4 when the plan cannot be applied; it is shown all the same.

Options:
  -o, --output FILE     Save the plan, for addonctl show and addonctl apply.
                        Bundles given by a relative path are remembered
                        relative to FILE, so that all can move together.
  --prune               Remove every add-on that no PATH holds.
  --source DIR          Look for the artifacts of manifests below DIR.
  --detailed-exitcode   Exit 5 when there is something to change.
  --policy FILE         Judge by this policy instead of the host's own. What is
                        saved can only be applied where the two are the same.
  --format text|json|markdown
                        How the plan is printed: for people, as one object, or
                        as a comment for a pull request.

)";

void declare_plan(CLI::App& app, Arguments& arguments) {
  app.add_option("PATH", arguments.operands);
  app.add_option("-o,--output", arguments.output);
  app.add_flag("--prune", arguments.prune);
  app.add_option("--source", arguments.source);
  app.add_flag("--detailed-exitcode", arguments.detailed_exitcode);
}

struct Compiled {
  executor::Prepared prepared;
  LoadedPolicy policy;
};

Result<Compiled> compile(const Context& context, const Arguments& arguments) {
  auto session = TRY(Session::open(context));
  LoadedPolicy policy = TRY(load_policy(context.options, PolicyTrust::root_only));
  std::vector<SourceName> sources;
  for (const std::string& operand : arguments.operands)
    sources.push_back(context.desk.name(operand, arguments.output));
  executor::Request request;
  request.verb = sources.empty() ? executor::Request::Verb::repair : executor::Request::Verb::apply;
  request.bundles = TRY(context.desk.open(sources, {.platform = session->ports().platform,
                                                    .artifacts_below = arguments.source,
                                                    .told = &session->ports()}));
  request.prune = arguments.prune;
  executor::Prepared prepared = TRY(look_settled(
      session->root(), [&] { return executor::prepare(request, policy.policy, session->ports()); }));
  show_paths(prepared.findings, sources);
  return Compiled{std::move(prepared), std::move(policy)};
}

std::string apply_hint(const GlobalOptions& options, const Arguments& arguments) {
  const std::string root = options.root.empty() ? "" : fmt::format(" --root {}", options.root);
  if (!arguments.output.empty())
    return fmt::format("to apply it: addonctl{} apply {}", root, arguments.output);
  if (arguments.operands.empty() || arguments.prune) return "save it with -o FILE to apply it";
  return fmt::format("to apply it: addonctl{} apply {}", root, join(arguments.operands, " "));
}

Report make_plan(const Context& context, const Arguments& arguments) {
  if (arguments.prune && arguments.operands.empty()) {
    return misused("--prune needs the bundles that shall stay",
                   "addonctl remove takes add-ons off by their ids");
  }
  const auto compiled = compile(context, arguments);
  if (!compiled) return failed(compiled.error());
  Report report;
  report.findings = all_findings(compiled->policy, compiled->prepared);
  report.exit = exit_code(report.findings);
  for (const std::string& warning : compiled->prepared.warnings) context.console.warning(warning);
  const Json plan = plan::to_json(compiled->prepared.plan);
  report.body["plan"] = plan;
  // Without a sound bundle there is nothing to compare the host with: it does not "match".
  const bool is_shown = report.exit == kExitDone || has_changes(compiled->prepared.plan);
  if (is_shown && context.console.is_text()) {
    context.console.result(render_plan(plan, context.console.palette()));
  }

  if (report.exit != kExitDone) {
    report.hints.emplace_back(arguments.output.empty() ? "this plan cannot be applied: see the errors above"
                                                       : "the plan was not saved: see the errors above");
    return report;
  }
  if (!arguments.output.empty()) {
    if (const auto saved = context.desk.save_plan(arguments.output, plan); !saved)
      return failed(saved.error());
  }
  if (!has_changes(compiled->prepared.plan)) return report;
  report.hints.push_back(apply_hint(context.options, arguments));
  if (arguments.detailed_exitcode) report.exit = kExitChanges;
  return report;
}

constexpr std::array kPlanFormats = {Format::markdown};

Report run_plan(const Context& context, const Arguments& arguments) {
  return with_markdown(make_plan(context, arguments), context.options);
}
}  // namespace

Command plan_command() {
  return {"plan",
          "show what bundles would change on this host",
          kPlanHelp,
          FindingsAre::problems,
          PolicyFiles::accepted,
          declare_plan,
          run_plan,
          kPlanFormats};
}

}  // namespace addon::cli
