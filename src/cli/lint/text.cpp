#include <fmt/format.h>

#include "cli/lint/formats.hpp"
#include "cli/report.hpp"

namespace addon::cli {

namespace {
Json to_json(const LintFinding& found) {
  Json json = cli::to_json(found.finding);
  json["fingerprint"] = found.fingerprint;
  if (!found.suppression) return json;
  if (found.suppression->kind == Suppression::Kind::baseline) {
    json["baseline"] = true;
  } else {
    json["ignored"] = {{"reason", found.suppression->reason}, {"line", found.suppression->at.line}};
  }
  return json;
}
}  // namespace

Json findings_json(const LintResult& result) {
  Json findings = Json::array();
  for (const LintFinding* found : result.all()) findings.push_back(to_json(*found));
  return findings;
}

std::string render_suppressed(const LintResult& result, const Palette& palette) {
  std::string out;
  for (const LintFinding* found : result.all()) {
    if (found->counts()) continue;
    const bool ignored = found->suppression->kind == Suppression::Kind::ignored;
    const std::string head = fmt::format("{}[{}]", ignored ? "ignored" : "baseline", found->finding.rule->id);
    out += fmt::format("{}: {}\n", palette(Paint::dim, head), one_line(found->finding.message));
    out += fmt::format("  {} {}\n", palette(Paint::dim, "-->"), one_line(to_string(found->finding.at)));
    if (ignored) out += fmt::format("  reason: {}\n", one_line(found->suppression->reason));
    out += '\n';
  }
  return out;
}

}  // namespace addon::cli
