#include "cli/lint/outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/render_findings.hpp"

namespace addon::cli {

namespace {
std::vector<Finding> counted(const std::vector<LintSubject>& subjects) {
  std::vector<Finding> out;
  for (const LintSubject& subject : subjects) {
    for (const LintFinding& found : subject.findings) {
      if (found.counts()) out.push_back(found.finding);
    }
  }
  return out;
}

std::size_t count(const LintResult& result, Severity severity) {
  const auto all = result.all();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const LintFinding* found) {
    return found->counts() && found->finding.severity == severity;
  }));
}

std::size_t count(const LintResult& result, Suppression::Kind kind) {
  const auto all = result.all();
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const LintFinding* found) {
    return found->suppression && found->suppression->kind == kind;
  }));
}
}  // namespace

std::vector<LintSubject> subjects_of(std::vector<Finding> findings, LintSubject::Kind kind) {
  std::vector<LintSubject> subjects;
  for (Finding& finding : findings) {
    const std::string file = finding.at.file;
    auto of_file = std::find_if(subjects.begin(), subjects.end(),
                                [&](const LintSubject& subject) { return subject.name == file; });
    if (of_file == subjects.end()) {
      LintSubject made;
      made.kind = kind;
      made.name = file;
      of_file = subjects.insert(subjects.end(), std::move(made));
    }
    of_file->findings.push_back({std::move(finding)});
  }
  return subjects;
}

int exit_code(const std::vector<LintSubject>& subjects, Severity fail_on) {
  std::vector<Finding> findings = counted(subjects);
  for (Finding& finding : findings) {
    if (reaches(finding.severity, fail_on)) finding.severity = Severity::error;
  }
  return exit_code(findings);
}

std::string conclude(const LintResult& result) {
  std::string text = count_findings(counted(result.subjects));
  if (result.manifests > 0)
    text += fmt::format(" in {} manifest{}", result.manifests, result.manifests == 1 ? "" : "s");
  const std::size_t ignored = count(result, Suppression::Kind::ignored);
  const std::size_t baseline = count(result, Suppression::Kind::baseline);
  if (ignored > 0) text += fmt::format("; {} ignored", ignored);
  if (baseline > 0) text += fmt::format("{} {} in the baseline", ignored > 0 ? "," : ";", baseline);
  return text;
}

Json summary(const LintResult& result) {
  return {{"manifests", result.manifests},
          {"errors", count(result, Severity::error)},
          {"warnings", count(result, Severity::warning)},
          {"notes", count(result, Severity::note)},
          {"ignored", count(result, Suppression::Kind::ignored)},
          {"baseline", count(result, Suppression::Kind::baseline)}};
}

}  // namespace addon::cli
