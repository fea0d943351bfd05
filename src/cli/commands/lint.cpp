#include "cli/lint/lint.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "cli/commands/all.hpp"
#include "cli/lint/fingerprint.hpp"
#include "cli/lint/formats.hpp"
#include "cli/lint/ignore.hpp"
#include "cli/lint/outcome.hpp"
#include "cli/policy_files.hpp"
#include "cli/session.hpp"
#include "cli/write_text.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kLintHelp = R"(Usage: addonctl lint PATH... [OPTION]...

Finds everything that is wrong with manifests and bundles, before any host
sees them. Changes nothing and needs no rights.

A PATH that is a file is a manifest: its text, its schema and its sense are
checked. A directory with addon.yaml, or with one NAME.addon.yaml only, is a
bundle, and so is a .tar.gz or .tar.zst: its files and units are checked, too.
Any other directory stands for all manifests, bundles and archives in it.

With a policy, everything that an add-on asks for is judged by it. That is
/etc/addonctl/policy.yaml with /etc/addonctl/policy.d/*.yaml, where there is
one, or the files named by --policy. Its grants that have expired, or will
within 30 days, are warnings.

A comment "addonctl: ignore RULE REASON" on the line of a finding, or alone on
a line before it, takes a finding out of the count; in units it stands alone.
What policy denies cannot be ignored, and plan and apply hear no such comment,
nor does lint one in an archive.

Exits 0 without errors, 3 when the input is invalid, 4 when it is valid but
denied by policy. Run addonctl explain RULE for more about a finding.

Options:
  --policy FILE         Judge by this policy instead of the host's own. Several
                        make one policy together.
  --fail-on error|warning
                        From which severity on a finding is a failure; error
                        when it is not given.
  --baseline FILE       Do not count the findings that are in FILE.
  --write-baseline FILE
                        Save the findings as a baseline, and count none of them.
  --no-ignore           Do not hear comments that ask to ignore a finding.
  --format text|json|sarif|junit|github
                        How results are printed: for people, as one object, as
                        SARIF 2.1.0, as JUnit XML, as GitHub annotations.
  -v, --verbose         List what is ignored or in the baseline, too.

)";

constexpr std::array kFormats = {Format::sarif, Format::junit, Format::github};

void declare_lint(CLI::App& app, Arguments& arguments) {
  app.add_option("PATH", arguments.operands);
  app.add_option("--fail-on", arguments.fail_on);
  app.add_option("--baseline", arguments.baseline);
  app.add_option("--write-baseline", arguments.write_baseline);
  app.add_flag("--no-ignore", arguments.no_ignore);
}

std::chrono::sys_days day_of_lint() {
  return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
}

void append(std::vector<LintSubject>& to, std::vector<LintSubject> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

std::optional<Severity> severity_from(const std::string& text) {
  if (text.empty() || text == "error") return Severity::error;
  if (text == "warning") return Severity::warning;
  return std::nullopt;
}

// What is wrong with the policy itself, and the comments in it.
std::vector<LintSubject> see_policy(const Result<LoadedPolicy>& loaded, const std::vector<std::string>& files,
                                    Comments comments) {
  if (!loaded) return subjects_of(loaded.error().findings(), LintSubject::Kind::unusable);
  std::vector<Finding> findings = loaded->findings;
  if (loaded->present) {
    std::vector<Finding> expiring = policy::expiring_grants(loaded->policy, day_of_lint());
    std::move(expiring.begin(), expiring.end(), std::back_inserter(findings));
  }
  std::vector<LintSubject> subjects = subjects_of(std::move(findings), LintSubject::Kind::policy);
  for (const std::string& file : files) {
    const auto same = [&](const LintSubject& subject) { return subject.name == file; };
    if (std::any_of(subjects.begin(), subjects.end(), same)) continue;
    LintSubject subject;
    subject.kind = LintSubject::Kind::policy;
    subject.name = file;
    subjects.push_back(std::move(subject));
  }
  for (LintSubject& subject : subjects) {
    subject.texts = {{subject.name, LintText::Kind::yaml}};
    if (comments == Comments::heard) honour_ignores(subject);
  }
  std::erase_if(subjects, [](const LintSubject& subject) { return subject.findings.empty(); });
  return subjects;
}

std::vector<std::string> report_paths(const std::vector<std::string>& operands,
                                      const std::vector<std::string>& policy_files) {
  std::error_code ignored;
  const std::string here = std::filesystem::current_path(ignored).string();
  std::vector<std::string> paths;
  for (const auto* names : {&operands, &policy_files}) {
    for (const std::string& name : *names)
      paths.push_back(name == here ? std::string(".") : report_path(name, here));
  }
  return paths;
}

// Marks what is known already, and writes down what shall be.
Result<> use_baselines(const Context& context, const Arguments& arguments, LintResult& result,
                       Report& report) {
  std::vector<BaselineEntry> stale;
  const auto apply = [&](const std::vector<BaselineEntry>& baseline) {
    return apply_baseline(baseline, report_paths(arguments.operands, context.options.policy_files),
                          result.subjects);
  };
  if (!arguments.baseline.empty()) stale = apply(TRY(read_baseline(arguments.baseline)));
  if (!arguments.write_baseline.empty()) {
    const std::vector<BaselineEntry> entries = baseline_of(result.subjects);
    TRY(write_text(arguments.write_baseline, to_text(entries), "the baseline"));
    apply(entries);
    stale.clear();
  }
  Json listed = Json::array();
  for (const BaselineEntry& entry : stale) listed.push_back({{"file", entry.file}, {"rule", entry.rule}});
  if (!arguments.baseline.empty()) report.body["stale"] = std::move(listed);
  for (const BaselineEntry& entry : stale) {
    report.notes.push_back(
        fmt::format("{} in the baseline is not found any more in {}: write it anew with "
                    "--write-baseline {}",
                    entry.rule, entry.file, arguments.baseline));
  }
  return {};
}

std::string document(const LintResult& result, Format format) {
  switch (format) {
    case Format::sarif:
      return to_sarif(result, ADDONCTL_VERSION).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    case Format::junit:
      return to_junit(result);
    case Format::github:
      return to_github(result);
    default:
      return "";
  }
}

void present(const Context& context, const LintResult& result, Report& report) {
  report.exit = result.exit;
  report.conclusion = conclude(result);
  report.body["summary"] = summary(result);
  report.body["findings"] = findings_json(result);
  for (const LintFinding* found : result.all()) {
    if (found->counts()) report.findings.push_back(found->finding);
  }
  report.document = document(result, context.options.format);
  if (context.console.is_text() && context.options.verbosity == Verbosity::verbose)
    context.console.result(render_suppressed(result, context.console.palette()));
}

Report run_lint(const Context& context, const Arguments& arguments) {
  if (arguments.operands.empty()) {
    return misused("lint needs at least one PATH", "run addonctl lint --help for its usage");
  }
  const auto fail_on = severity_from(arguments.fail_on);
  if (!fail_on) {
    return misused(fmt::format("--fail-on takes error or warning, not {}", quoted(arguments.fail_on)),
                   "run addonctl lint --help for its usage");
  }
  const auto loaded = load_policy(context.options, PolicyTrust::anyone);
  if (!loaded && loaded.error().findings().empty()) return failed(loaded.error());
  LintTargets found = find_lint_targets(arguments.operands);

  const Comments comments = arguments.no_ignore ? Comments::unheard : Comments::heard;
  const bool judged = loaded && loaded->present;
  LintResult result;
  result.manifests = found.targets.size();
  result.fail_on = *fail_on;
  result.subjects = see_policy(loaded, context.options.policy_files, comments);
  append(result.subjects, subjects_of(std::move(found.findings), LintSubject::Kind::unusable));
  append(result.subjects, lint(found.targets, {judged ? &loaded->policy : nullptr, day_of_lint()}, comments));
  fingerprint(result.subjects);

  Report report;
  if (const auto used = use_baselines(context, arguments, result, report); !used) return failed(used.error());
  result.exit = exit_code(result.subjects, result.fail_on);
  present(context, result, report);
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
          kLintHelp,
          FindingsAre::results,
          PolicyFiles::accepted,
          declare_lint,
          run_lint,
          kFormats};
}

}  // namespace addon::cli
