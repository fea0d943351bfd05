#include "cli/markdown_plan.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/describe_plan.hpp"
#include "cli/json_view.hpp"
#include "cli/markdown.hpp"
#include "cli/render_findings.hpp"

namespace addon::cli {

namespace {
std::string cell_or_dash(const std::string& text) { return text.empty() ? "–" : code_cell(text); }

// Its own words only; a plan of a later version may have others.
std::string change_word(const std::string& change) {
  if (change == "unsupported") return "not supported here";
  for (const std::string_view known : {"add", "update", "remove", "unchanged"}) {
    if (change == known) return change;
  }
  return code_cell(change);
}

std::string addon_table(const std::vector<AddonText>& addons) {
  std::string out = "| Add-on | Change | From | To | Signed by |\n| --- | --- | --- | --- | --- |\n";
  std::size_t rows = 0;
  for (const AddonText& addon : addons) {
    if (addon.id.empty()) continue;
    ++rows;
    out += fmt::format("| {} | {} | {} | {} | {} |\n", code_cell(addon.id), change_word(addon.change),
                       cell_or_dash(addon.from), cell_or_dash(addon.to), cell_or_dash(addon.signer));
  }
  return rows == 0 ? "" : out + '\n';
}

std::string step_items(const StepText& step) {
  std::string out;
  std::string_view indent;
  if (!step.sign.empty()) {
    out += fmt::format("- {} {}: {}\n", code_span(step.sign), code_span(step.label), code_span(step.change));
    indent = "  ";
  }
  for (const std::string& detail : step.details) out += fmt::format("{}- {}\n", indent, code_span(detail));
  for (const Allowance& allowance : step.allowances) {
    out += fmt::format("{}- allowed by {}:", indent, code_span(allowance.by));
    for (std::size_t i = 0; i < allowance.subjects.size(); ++i)
      out += (i == 0 ? " " : ", ") + code_span(allowance.subjects[i]);
    out += '\n';
  }
  return out;
}

std::string addon_section(const AddonText& addon) {
  std::string out = fmt::format("#### {}\n\n", addon.id.empty() ? "The host" : code_span(addon.id));
  if (addon.sign == "!") out += "Not supported on this host, and left out.\n";
  for (const StepText& step : addon.steps) out += step_items(step);
  return out + '\n';
}

std::string finding_item(const Finding& finding) {
  std::string out = fmt::format("- **{}** {}: {}\n", to_string(finding.severity), code_span(finding.rule->id),
                                code_span(finding.message));
  if (!finding.at.file.empty()) out += fmt::format("  - at {}\n", code_span(to_string(finding.at)));
  if (finding.policy) out += fmt::format("  - policy: {}\n", code_span(to_string(*finding.policy)));
  if (!finding.fix.empty()) out += fmt::format("  - fix: {}\n", code_span(finding.fix));
  return out;
}

std::string heading(const Json& plan, bool is_sound) {
  // Without a sound bundle there is nothing to compare the host with: it does not "match".
  if (plan.is_null() || (!is_sound && is_without_changes(plan))) return "### There is no plan\n\n";
  if (is_without_changes(plan)) return "### No changes\n\nThe host matches.\n\n";
  return fmt::format("### Plan: {}\n\n", summary_text(plan));
}
}  // namespace

std::string render_markdown(const Json& plan, const MarkdownNotes& notes) {
  const bool is_sound = !has_errors(notes.findings);
  std::string out = heading(plan, is_sound);
  if (!notes.error.empty()) out += fmt::format("**error**: {}\n\n", code_span(notes.error));
  if (!notes.remark.empty()) out += fmt::format("**note**: {}\n\n", code_span(notes.remark));
  if (!is_sound && !plan.is_null() && !is_without_changes(plan))
    out += "**This plan cannot be applied.**\n\n";
  if (!plan.is_null() && !is_without_changes(plan)) {
    const std::vector<AddonText> addons = describe_plan(plan);
    out += addon_table(addons);
    for (const AddonText& addon : addons) out += addon_section(addon);
  }
  if (!notes.findings.empty()) {
    out += fmt::format("#### Findings: {}\n\n", count_findings(notes.findings));
    for (const Finding& finding : notes.findings) out += finding_item(finding);
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

Report with_markdown(Report report, const GlobalOptions& options) {
  if (options.format != Format::markdown || report.exit == static_cast<int>(ErrorKind::usage)) return report;
  const Json plan = report.body.value("plan", Json(nullptr));
  report.document = render_markdown(
      plan, {.error = report.error, .remark = report.conclusion, .findings = report.findings});
  return report;
}

}  // namespace addon::cli
