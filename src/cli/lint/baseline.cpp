#include "cli/lint/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "cli/read_text.hpp"
#include "core/json.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kSchema = "addonctl.baseline/v1";
constexpr std::size_t kLargestBaseline = std::size_t{64} << 20;

tl::unexpected<Error> refused(const std::string& file, std::string_view why) {
  return tl::unexpected(Error(
      fmt::format("{} is no baseline of addonctl: {}; write it with --write-baseline", quoted(file), why),
      ErrorKind::invalid));
}

std::string text_at(const Json& entry, const char* key) {
  const auto found = entry.find(key);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// What says that lint could not look: in a baseline it would hide whatever is behind it.
bool may_be_known(const LintSubject& subject, const Finding& finding) {
  constexpr std::array blind = {&rules::document_unreadable, &rules::bundle_unreadable,
                                &rules::host_read_failed};
  return subject.kind != LintSubject::Kind::unusable && finding.rule->outcome != RuleOutcome::failed &&
         std::find(blind.begin(), blind.end(), finding.rule) == blind.end();
}

bool is_below(std::string_view file, std::string_view operand) {
  if (operand == "." || file == operand) return true;
  const bool is_root = operand == "/";
  return file.size() > operand.size() && file.starts_with(operand) &&
         (is_root || file[operand.size()] == '/');
}

// Where one mistake kept all others from being found: that they are not there means nothing.
std::vector<std::string> unread(const std::vector<LintSubject>& subjects) {
  std::vector<std::string> paths;
  for (const LintSubject& subject : subjects) {
    const bool blind =
        std::any_of(subject.findings.begin(), subject.findings.end(), [](const LintFinding& found) {
          return found.finding.severity == Severity::error && found.finding.rule->id.starts_with("document-");
        });
    if (blind) paths.push_back(subject.path);
  }
  return paths;
}

bool is_below_any(const std::string& file, const std::vector<std::string>& paths) {
  return std::any_of(paths.begin(), paths.end(),
                     [&](const std::string& path) { return is_below(file, path); });
}
}  // namespace

Result<std::vector<BaselineEntry>> parse_baseline(std::string_view text, const std::string& file) {
  const auto json = parse_json(text, file);
  if (!json) return refused(file, json.error().message());
  if (!json->is_object() || text_at(*json, "schema") != kSchema)
    return refused(file, fmt::format("its schema is not {}", kSchema));
  const auto findings = json->find("findings");
  if (findings == json->end() || !findings->is_array()) return refused(file, "it has no list of findings");
  std::vector<BaselineEntry> entries;
  for (const Json& entry : *findings) {
    if (!entry.is_object()) return refused(file, "a finding is no object");
    BaselineEntry made{text_at(entry, "file"), text_at(entry, "rule"), text_at(entry, "fingerprint")};
    if (!Digest::parse(made.fingerprint)) return refused(file, "a finding has no fingerprint");
    entries.push_back(std::move(made));
  }
  return entries;
}

Result<std::vector<BaselineEntry>> read_baseline(const std::string& file) {
  const std::string text = TRY(read_text(file, kLargestBaseline));
  return parse_baseline(text, file);
}

std::vector<BaselineEntry> baseline_of(const std::vector<LintSubject>& subjects) {
  std::vector<BaselineEntry> entries;
  for (const LintSubject& subject : subjects) {
    for (const LintFinding& found : subject.findings) {
      const bool ignored = found.suppression && found.suppression->kind == Suppression::Kind::ignored;
      if (ignored || !may_be_known(subject, found.finding)) continue;
      entries.push_back({found.path, std::string(found.finding.rule->id), found.fingerprint});
    }
  }
  return entries;
}

std::string to_text(std::vector<BaselineEntry> entries) {
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  Json findings = Json::array();
  for (const BaselineEntry& entry : entries)
    findings.push_back({{"file", entry.file}, {"rule", entry.rule}, {"fingerprint", entry.fingerprint}});
  const Json json = {{"schema", kSchema}, {"findings", std::move(findings)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<BaselineEntry> apply_baseline(const std::vector<BaselineEntry>& baseline,
                                          const std::vector<std::string>& operands,
                                          std::vector<LintSubject>& subjects) {
  std::set<std::string> known;
  for (const BaselineEntry& entry : baseline) known.insert(entry.fingerprint);
  std::set<std::string> present;
  for (LintSubject& subject : subjects) {
    for (LintFinding& found : subject.findings) {
      present.insert(found.fingerprint);
      if (found.suppression || !known.contains(found.fingerprint)) continue;
      if (may_be_known(subject, found.finding))
        found.suppression = Suppression{Suppression::Kind::baseline, "", {}};
    }
  }
  const std::vector<std::string> blind = unread(subjects);
  std::vector<BaselineEntry> stale;
  for (const BaselineEntry& entry : baseline) {
    const bool was_looked_at = is_below_any(entry.file, operands) && !is_below_any(entry.file, blind);
    if (was_looked_at && !present.contains(entry.fingerprint)) stale.push_back(entry);
  }
  return stale;
}

}  // namespace addon::cli
