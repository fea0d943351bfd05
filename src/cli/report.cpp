#include "cli/report.hpp"

#include <optional>
#include <utility>

namespace addon::cli {

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

namespace {
Json number_or_null(int number) { return number == 0 ? Json(nullptr) : Json(number); }

Json to_json(const std::optional<PolicyRef>& policy) {
  if (!policy) return nullptr;
  return {{"file", text_or_null(policy->file)},
          {"line", number_or_null(policy->line)},
          {"grant", text_or_null(policy->grant)}};
}

std::string text_at(const Json& json, const char* key) {
  const auto found = json.is_object() ? json.find(key) : json.end();
  return found == json.end() || !found->is_string() ? "" : found->get<std::string>();
}

int number_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found == json.end() || !found->is_number_integer() ? 0 : found->get<int>();
}
}  // namespace

Report failed(const Error& error) {
  Report report;
  report.exit = static_cast<int>(error.kind());
  report.findings = error.findings();
  // Findings say it all, unless the host was touched: what became of it is in the message only.
  const bool touched = error.kind() == ErrorKind::rolled_back || error.kind() == ErrorKind::undo_failed;
  if (touched || !has_errors(report.findings)) report.error = error.message();
  return report;
}

Report misused(std::string message, std::string hint) {
  Report report;
  report.exit = static_cast<int>(ErrorKind::usage);
  report.error = std::move(message);
  report.hints.push_back(std::move(hint));
  return report;
}

int exit_code(const std::vector<Finding>& findings) {
  return has_errors(findings) ? static_cast<int>(worst_kind(findings)) : kExitDone;
}

Json to_json(const Finding& finding) {
  return {{"rule", finding.rule->id},
          {"severity", to_string(finding.severity)},
          {"message", finding.message},
          {"file", text_or_null(finding.at.file)},
          {"line", number_or_null(finding.at.line)},
          {"column", number_or_null(finding.at.column)},
          {"pointer", finding.at.line == 0 ? text_or_null(finding.pointer) : Json(finding.pointer)},
          {"addon", text_or_null(finding.addon)},
          {"policy", to_json(finding.policy)},
          {"fix", text_or_null(finding.fix)}};
}

std::optional<Finding> finding_from_json(const Json& json) {
  const Rule* rule = find_rule(text_at(json, "rule"));
  if (rule == nullptr) return std::nullopt;
  const std::string severity = text_at(json, "severity");
  Finding finding = make_finding(*rule, text_at(json, "message"));
  for (const Severity one : {Severity::error, Severity::warning, Severity::note}) {
    if (severity == to_string(one)) finding.severity = one;
  }
  finding.at = {text_at(json, "file"), number_at(json, "line"), number_at(json, "column")};
  finding.pointer = text_at(json, "pointer");
  finding.addon = text_at(json, "addon");
  finding.fix = text_at(json, "fix");
  const auto policy = json.find("policy");
  if (policy != json.end() && policy->is_object())
    finding.policy =
        PolicyRef{text_at(*policy, "file"), number_at(*policy, "line"), text_at(*policy, "grant")};
  return finding;
}

Json to_json(const Report& report, std::string_view verb) {
  Json json = report.body;
  json["schema"] = "addonctl.report/v1";
  json["verb"] = verb;
  json["exit"] = report.exit;
  if (!json.contains("findings")) {
    json["findings"] = Json::array();
    for (const Finding& finding : report.findings) json["findings"].push_back(to_json(finding));
  }
  if (!report.error.empty()) json["error"] = report.error;
  return json;
}

}  // namespace addon::cli
