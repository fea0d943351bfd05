#include "cli/lint/subject.hpp"

#include <utility>

namespace addon::cli {

std::vector<LintFinding> as_lint_findings(std::vector<Finding> findings) {
  sort_findings(findings);
  std::vector<LintFinding> out;
  out.reserve(findings.size());
  for (Finding& finding : findings) out.push_back({std::move(finding)});
  return out;
}

std::vector<const LintFinding*> LintResult::all() const {
  std::vector<const LintFinding*> out;
  for (const LintSubject& subject : subjects) {
    for (const LintFinding& finding : subject.findings) out.push_back(&finding);
  }
  return out;
}

}  // namespace addon::cli
