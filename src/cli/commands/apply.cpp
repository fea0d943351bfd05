#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "cli/bundle_sources.hpp"
#include "cli/change.hpp"
#include "cli/commands/all.hpp"
#include "cli/interruption.hpp"
#include "cli/prepare_saved.hpp"
#include "core/text.hpp"
#include "executor/incoming.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kApplyHelp = R"(Usage: addonctl apply FILE [--source DIR]
       addonctl apply PATH... [--yes] [--source DIR]

Makes add-ons active: all of the plan's steps, or none. When a step fails, what
was done is undone and the host is as it was (exit 8). Needs root, or
addon-executor(8) to do it.

FILE is a plan saved by addonctl plan -o. It is compiled again and runs without
asking; it is refused when it was edited (3) or anything that it was made from
has changed (6).

PATH is a bundle's directory, the manifest in it, or its archive (.tar.gz,
.tar.zst). The plan is shown, and runs once you agree.

Options:
  --yes                 Do not ask. Needed where there is no terminal.
  --allow-downgrade     Go on where an add-on gets an older version, as far as
                        the policy says downgrade: allow.
  --source DIR          Look for a saved plan's bundles, and for the artifacts
                        of manifests, below DIR.
  --wait DURATION       Wait for another run to end (30s, 5min), instead of
                        giving up at once.

)";

void declare_apply(CLI::App& app, Arguments& arguments) {
  app.add_option("PATH", arguments.operands);
  app.add_flag_callback("--yes", [&arguments] { arguments.consent = Consent::given; });
  app.add_flag("--allow-downgrade", arguments.allow_downgrade);
  app.add_option("--source", arguments.source);
  declare_wait(app, arguments);
}

// What policy refuses need not fill the disk first.
std::uint64_t write_limit(const policy::SitePolicy& policy) {
  std::uint64_t least = bundle::kMaxBundleBytes;
  for (const auto& line : policy.limits.artifact_bytes) least = std::min(least, line.value);
  return least;
}

Opening opening_for(const Change& change, const Arguments& arguments, executor::Incoming& incoming,
                    const Interruption& interruption) {
  return {.platform = change.session->ports().platform,
          .artifacts_below = arguments.source,
          .incoming = &incoming,
          .write_limit = write_limit(change.policy.policy),
          .interrupted = &interruption.flag(),
          .told = &change.session->ports()};
}

// An applied plan is stale by what it did; say that instead of leaving the reader to guess.
Report stale(const plan::SavedPlan& saved, const std::string& file,
             const std::vector<std::string>& differences, const host::Directory& root) {
  std::string message =
      fmt::format("{} is stale; since it was made, this changed: {}", file, join(differences, "; "));
  if (const auto number = applied_as(saved, root)) {
    message = fmt::format("{} was already applied as generation {}", file, *number);
  }
  Finding finding = make_finding(rules::plan_stale, std::move(message), {file, 0, 0});
  finding.fix = "plan again with addonctl plan -o, and review what has changed";
  Report report;
  report.exit = static_cast<int>(ErrorKind::stale);
  report.findings = {std::move(finding)};
  report.body = {{"applied", false}, {"differences", differences}};
  return report;
}

Report apply_saved(const Context& context, const std::string& file, const Arguments& arguments) {
  auto change = begin_change(context, "apply", arguments.wait);
  if (!change) return failed(change.error());
  const auto saved = context.desk.read_plan(file);
  if (!saved) return failed(saved.error());
  executor::Incoming incoming(change->session->root());
  const auto prepare = [&] {
    const Interruption interruption;
    return prepare_saved(*saved, file, opening_for(*change, arguments, incoming, interruption),
                         change->policy, *change->session, context.desk,
                         arguments.allow_downgrade ? Downgrades::allowed : Downgrades::refused);
  };
  auto again = prepare();
  if (!again) return failed(again.error());
  // What is wrong with the inputs says more than that they have changed; that policy denies them now
  // is such a change.
  const std::vector<Finding>& findings = again->prepared.findings;
  const bool usable = !has_errors(findings) || worst_kind(findings) == ErrorKind::denied;
  if (usable && !again->differences.empty())
    return stale(*saved, file, again->differences, change->session->root());
  return finish_change(context, *change, std::move(again->prepared), {Consent::given, {}}, "Applied");
}

Report apply_bundles(const Context& context, const Arguments& arguments) {
  auto change = begin_change(context, "apply", arguments.wait);
  if (!change) return failed(change.error());
  std::vector<SourceName> sources;
  for (const std::string& operand : arguments.operands) sources.push_back(context.desk.name(operand, ""));
  executor::Incoming incoming(change->session->root());
  const auto open = [&] {
    const Interruption interruption;
    return context.desk.open(sources, opening_for(*change, arguments, incoming, interruption));
  };
  auto bundles = open();
  if (!bundles) return failed(bundles.error());
  executor::Request request;
  request.verb = executor::Request::Verb::apply;
  request.bundles = std::move(*bundles);
  request.allow_downgrade = arguments.allow_downgrade;
  auto prepared = executor::prepare(request, change->policy.policy, change->session->ports());
  if (!prepared) return failed(prepared.error());
  return finish_change(context, *change, std::move(*prepared), {arguments.consent, request, arguments.agreed},
                       "Applied");
}

Report run_apply(const Context& context, const Arguments& arguments) {
  const std::string usage = "run addonctl apply --help for its usage";
  if (arguments.operands.empty()) return misused("apply needs a saved plan or at least one bundle", usage);
  for (const std::string& operand : arguments.operands) {
    if (!context.desk.is_plan_file(operand)) continue;
    if (arguments.operands.size() > 1) {
      return misused(fmt::format("{} is a saved plan, which is applied alone", operand), usage);
    }
    return apply_saved(context, operand, arguments);
  }
  return apply_bundles(context, arguments);
}
}  // namespace

Command apply_command() {
  return {"apply",
          "make bundles or a saved plan active",
          kApplyHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_apply,
          run_apply};
}

}  // namespace addon::cli
