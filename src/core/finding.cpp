#include "core/finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "core/error.hpp"

namespace addon {
inline namespace core {

std::string to_string(const SourceSpan& span) {
  if (span.line == 0) return span.file;
  if (span.column == 0) return fmt::format("{}:{}", span.file, span.line);
  return fmt::format("{}:{}:{}", span.file, span.line, span.column);
}

std::string to_string(const PolicyRef& ref) {
  std::string text = ref.line == 0 ? ref.file : fmt::format("{}:{}", ref.file, ref.line);
  if (!ref.grant.empty()) text += fmt::format(" (grant {})", ref.grant);
  return text;
}

Finding make_finding(const Rule& rule, std::string message, SourceSpan at, std::string pointer) {
  Finding finding;
  finding.rule = &rule;
  finding.severity = rule.severity;
  finding.message = std::move(message);
  finding.at = std::move(at);
  finding.pointer = std::move(pointer);
  return finding;
}

bool has_errors(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::error; });
}

ErrorKind worst_kind(const std::vector<Finding>& findings) {
  bool failed = false;
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::error) continue;
    if (finding.rule->outcome == RuleOutcome::invalid) return ErrorKind::invalid;
    failed = failed || finding.rule->outcome == RuleOutcome::failed;
  }
  return failed ? ErrorKind::failed : ErrorKind::denied;
}

namespace {
auto sort_key(const Finding& f) { return std::tie(f.at.file, f.at.line, f.at.column, f.rule->id, f.message); }
}  // namespace

void sort_findings(std::vector<Finding>& findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return sort_key(a) < sort_key(b); });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [](const Finding& a, const Finding& b) { return sort_key(a) == sort_key(b); }),
                 findings.end());
}

}  // namespace core
}  // namespace addon
