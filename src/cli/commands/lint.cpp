#include "cli/lint.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <iterator>
#include <utility>

#include "cli/commands/all.hpp"
#include "cli/lint_targets.hpp"
#include "cli/policy_files.hpp"
#include "cli/render_findings.hpp"
#include "cli/session.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kHelp = R"(Usage: addonctl lint PATH... [--policy FILE]...

Finds everything that is wrong with manifests and bundles, before any host
sees them. Changes nothing and needs no rights.

A PATH that is a file is a manifest: its text, its schema and its sense are
checked. A directory with addon.yaml, or with one NAME.addon.yaml only, is a
bundle: its files and units are checked, too. Any other directory stands for
all manifests and bundles in it.

With a policy, everything that an add-on asks for is judged by it. That is
/etc/addonctl/policy.yaml with /etc/addonctl/policy.d/*.yaml, where there is
one, or the files named by --policy. Its grants that have expired, or will
within 30 days, are warnings.

Exits 0 without errors, 3 when the input is invalid, 4 when it is valid but
denied by policy. Run addonctl explain RULE for more about a finding.

Options:
  --policy FILE         Judge by this policy instead of the host's own. Several
                        make one policy together.

)";

void declare(CLI::App& app, Arguments& arguments) { app.add_option("PATH", arguments.operands); }

std::chrono::sys_days today() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

void append(std::vector<Finding>& to, std::vector<Finding> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

std::size_t count(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.severity == severity; }));
}

void conclude(Report& report, std::size_t manifests) {
  report.exit = exit_code(report.findings);
  report.conclusion = count_findings(report.findings);
  if (manifests > 0)
    report.conclusion += fmt::format(" in {} manifest{}", manifests, manifests == 1 ? "" : "s");
  report.body["summary"] = {{"manifests", manifests},
                            {"errors", count(report.findings, Severity::error)},
                            {"warnings", count(report.findings, Severity::warning)},
                            {"notes", count(report.findings, Severity::note)}};
}

Report run(const Context& context, const Arguments& arguments) {
  if (arguments.operands.empty()) {
    return misused("lint needs at least one PATH", "run addonctl lint --help for its usage");
  }
  const auto loaded = load_policy(context.options, PolicyTrust::anyone);
  if (!loaded && loaded.error().findings().empty()) return failed(loaded.error());
  LintTargets found = find_lint_targets(arguments.operands);

  Report report;
  report.findings = loaded ? loaded->findings : loaded.error().findings();
  append(report.findings, std::move(found.findings));
  const bool judged = loaded && loaded->present;
  if (judged) append(report.findings, policy::expiring_grants(loaded->policy, today()));
  append(report.findings, lint(found.targets, {judged ? &loaded->policy : nullptr, today()}));
  conclude(report, found.targets.size());
  if (loaded && !loaded->present) {
    report.hints.emplace_back(
        "no policy: capabilities and units were not judged; name one with --policy FILE");
  }
  return report;
}
}  // namespace

Command lint_command() {
  return {"lint",
          "find what is wrong with manifests and bundles",
          kHelp,
          FindingsAre::results,
          PolicyFiles::accepted,
          declare,
          run};
}

}  // namespace addon::cli
