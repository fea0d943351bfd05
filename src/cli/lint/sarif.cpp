#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/lint/escape.hpp"
#include "cli/lint/formats.hpp"

namespace addon::cli {

namespace {
// Where a rule stands in the list is how results name it: sorted, each once.
std::vector<const Rule*> rules_of(const std::vector<const LintFinding*>& findings) {
  std::vector<const Rule*> rules;
  for (const LintFinding* found : findings) rules.push_back(found->finding.rule);
  std::sort(rules.begin(), rules.end(), [](const Rule* a, const Rule* b) { return a->id < b->id; });
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

Json to_json(const Rule& rule) {
  return {{"id", rule.id},
          {"shortDescription", {{"text", rule.summary}}},
          {"fullDescription", {{"text", fmt::format("{} {}", rule.summary, rule.help)}}},
          {"help",
           {{"text", rule.help},
            {"markdown", fmt::format("**{}** {}\n\n`addonctl explain {}` prints this page.", rule.summary,
                                     rule.help, rule.id)}}},
          {"defaultConfiguration", {{"level", to_string(rule.severity)}}}};
}

Json artifact(const std::string& path) {
  Json location = {{"uri", uri_of(path)}};
  if (!path.starts_with('/')) location["uriBaseId"] = "%SRCROOT%";
  return location;
}

// Some readers refuse a place without a line (GitHub's among them): a whole file begins at its first.
Json physical(const std::string& path, int line, int column) {
  Json region = {{"startLine", std::max(line, 1)}};
  if (line > 0 && column > 0) region["startColumn"] = column;
  return {{"artifactLocation", artifact(path)}, {"region", std::move(region)}};
}

Json suppressions(const LintFinding& found) {
  if (!found.suppression) return Json::array();
  if (found.suppression->kind == Suppression::Kind::baseline)
    return Json::array({{{"kind", "external"}, {"justification", "It is in the baseline."}}});
  const SourceSpan& at = found.suppression->at;
  return Json::array({{{"kind", "inSource"},
                       {"justification", found.suppression->reason},
                       {"location", {{"physicalLocation", physical(found.path, at.line, at.column)}}}}});
}

Json result_of(const LintFinding& found, const std::vector<const Rule*>& rules) {
  const Finding& finding = found.finding;
  const auto index = std::find(rules.begin(), rules.end(), finding.rule) - rules.begin();
  const std::string fix = finding.fix.empty() ? "" : fmt::format("\nFix: {}", finding.fix);
  Json result = {{"ruleId", finding.rule->id},
                 {"ruleIndex", index},
                 {"level", to_string(finding.severity)},
                 {"message", {{"text", finding.message + fix}}},
                 {"partialFingerprints", {{"addonctlFinding/v1", found.fingerprint}}},
                 {"suppressions", suppressions(found)}};
  if (!found.path.empty())
    result["locations"] =
        Json::array({{{"physicalLocation", physical(found.path, finding.at.line, finding.at.column)}}});
  if (finding.policy && !finding.policy->file.empty()) {
    result["relatedLocations"] = Json::array(
        {{{"id", 1},
          {"message", {{"text", fmt::format("decided by policy {}", to_string(*finding.policy))}}},
          {"physicalLocation", physical(finding.policy->file, finding.policy->line, 0)}}});
  }
  if (!finding.addon.empty()) result["properties"]["addon"] = finding.addon;
  if (!finding.pointer.empty()) result["properties"]["pointer"] = finding.pointer;
  return result;
}
}  // namespace

Json to_sarif(const LintResult& result, std::string_view version) {
  const std::vector<const LintFinding*> findings = result.all();
  const std::vector<const Rule*> rules = rules_of(findings);
  Json driver = {{"name", "addonctl"}, {"semanticVersion", version}, {"rules", Json::array()}};
  for (const Rule* rule : rules) driver["rules"].push_back(to_json(*rule));
  Json results = Json::array();
  for (const LintFinding* found : findings) results.push_back(result_of(*found, rules));
  Json run = {{"tool", {{"driver", std::move(driver)}}},
              {"columnKind", "unicodeCodePoints"},
              {"invocations", Json::array({{{"executionSuccessful", true}, {"exitCode", result.exit}}})},
              {"results", std::move(results)}};
  return {{"$schema",
           "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", Json::array({std::move(run)})}};
}

}  // namespace addon::cli
