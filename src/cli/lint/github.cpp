#include <fmt/format.h>

#include "cli/lint/escape.hpp"
#include "cli/lint/formats.hpp"

namespace addon::cli {

namespace {
std::string_view command_of(Severity severity) {
  return severity == Severity::note ? "notice" : to_string(severity);
}

std::string line_of(const LintFinding& found) {
  const Finding& finding = found.finding;
  std::string properties;
  if (!found.path.empty()) properties += fmt::format("file={},", github_property(found.path));
  if (finding.at.line > 0) properties += fmt::format("line={},", finding.at.line);
  if (finding.at.line > 0 && finding.at.column > 0) properties += fmt::format("col={},", finding.at.column);
  std::string message = one_line(finding.message);
  if (!finding.fix.empty()) message += "\nfix: " + one_line(finding.fix);
  return fmt::format("::{} {}title={}::{}\n", command_of(finding.severity), properties,
                     github_property(finding.rule->id), github_data(message));
}
}  // namespace

std::string to_github(const LintResult& result) {
  std::string out;
  for (const LintFinding* found : result.all()) {
    if (found->counts()) out += line_of(*found);
  }
  return out;
}

}  // namespace addon::cli
