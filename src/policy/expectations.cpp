#include "policy/expectations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "document/schema.hpp"
#include "policy/policy_reader.hpp"

namespace addon::policy {

namespace {

class TestReader {
 public:
  TestReader(const document::Document& document, std::vector<Finding>& findings)
      : document_(document), findings_(findings) {}

  std::vector<TestCase> cases() {
    const Place root{&document_.root, ""};
    const std::vector<NamedFile> policy = files(root["policy"]);
    const auto today = day(root["today"]);
    std::vector<TestCase> result;
    for (const Place& place : root["cases"].items()) {
      TestCase test = read(place);
      if (test.policy.empty()) test.policy = policy;
      if (!test.today) test.today = today;
      result.push_back(std::move(test));
    }
    return result;
  }

 private:
  TestCase read(const Place& place) {
    const Place name = place["name"];
    TestCase test{name.node->text,
                  document_.span(*name.node),
                  file(place["addon"]),
                  files(place["policy"]),
                  day(place["today"]),
                  std::nullopt,
                  {}};
    if (const Place verdict = place["verdict"]; verdict.node != nullptr) {
      test.all_allowed = verdict.node->text == "allowed";
    }
    for (const Place& item : place["allowed"].items()) test.expected.push_back({item.node->text, true});
    for (const Place& item : place["denied"].items()) test.expected.push_back({item.node->text, false});
    if (!test.all_allowed && test.expected.empty()) {
      invalid(name, fmt::format("the case {} expects nothing", quoted(test.name)),
              "say what it expects with verdict, allowed or denied");
    }
    return test;
  }

  NamedFile file(const Place& place) const { return {place.node->text, document_.span(*place.node)}; }

  std::vector<NamedFile> files(const Place& list) const {
    std::vector<NamedFile> result;
    for (const Place& item : list.items()) result.push_back(file(item));
    return result;
  }

  std::optional<std::chrono::sys_days> day(const Place& place) {
    if (place.node == nullptr) return std::nullopt;
    const auto parsed = parse_day(place.node->text);
    if (parsed) return std::chrono::sys_days(*parsed);
    invalid(place, fmt::format("{} is not a day", quoted(place.node->text)),
            "write a day of the calendar as YYYY-MM-DD");
    return std::nullopt;
  }

  void invalid(const Place& place, std::string message, std::string fix) {
    Finding finding = make_finding(rules::policy_test_invalid, std::move(message),
                                   document_.span(*place.node), place.pointer);
    finding.fix = std::move(fix);
    findings_.push_back(std::move(finding));
  }

  const document::Document& document_;
  std::vector<Finding>& findings_;
};

bool is_meant(const std::string& what, const Verdict& verdict) {
  if (what == verdict.rule->id || what == verdict.subject || what == verdict.what) return true;
  // Policies and manifests write capabilities in any case.
  const std::string lower = to_lower(what);
  return verdict.what.starts_with("cap_") && (lower == verdict.what || lower == verdict.subject);
}

std::string shown(const Verdict& verdict) {
  if (!verdict.policy) return printable(verdict.subject);
  return fmt::format("{}, by {}", printable(verdict.subject), to_string(*verdict.policy));
}

/// Aligned with each other.
const char* word(bool allowed) { return allowed ? "allowed  " : "denied   "; }

std::string not_asked_for(const std::string& what, const std::vector<Verdict>& verdicts) {
  std::vector<std::string> candidates;
  for (const Verdict& verdict : verdicts) {
    candidates.insert(candidates.end(), {verdict.subject, verdict.what, std::string(verdict.rule->id)});
  }
  const std::string meant = did_you_mean(what, candidates);
  return "not asked for" + (meant.empty() ? "" : fmt::format("; did you mean {}?", quoted(meant)));
}

void compare(const Expectation& expectation, const std::vector<Verdict>& verdicts,
             std::vector<Difference>& differences) {
  std::vector<const Verdict*> meant;
  for (const Verdict& verdict : verdicts) {
    if (is_meant(expectation.what, verdict)) meant.push_back(&verdict);
  }
  const std::string expected = word(expectation.allowed) + printable(expectation.what);
  if (meant.empty()) return differences.push_back({expected, not_asked_for(expectation.what, verdicts)});
  const auto denied =
      std::find_if(meant.begin(), meant.end(), [](const Verdict* verdict) { return !verdict->allowed; });
  const bool all_allowed = denied == meant.end();
  if (all_allowed == expectation.allowed) return;
  const Verdict& verdict = all_allowed ? *meant.front() : **denied;
  differences.push_back({expected, word(all_allowed) + shown(verdict)});
}

}  // namespace

ParsedTests parse_policy_tests(std::string_view text, const std::string& file) {
  ParsedTests parsed;
  const auto document = document::load(text, file, document::policy_test_schema());
  if (!document) {
    parsed.findings = document.error().findings();
    return parsed;
  }
  parsed.cases = TestReader(*document, parsed.findings).cases();
  if (has_errors(parsed.findings)) parsed.cases.clear();
  return parsed;
}

std::vector<Difference> compare(const TestCase& test, const std::vector<Verdict>& verdicts) {
  std::vector<Difference> differences;
  std::vector<std::string> denied;
  for (const Verdict& verdict : verdicts) {
    const std::string subject = printable(verdict.subject);
    const bool is_new = std::find(denied.begin(), denied.end(), subject) == denied.end();
    if (!verdict.allowed && is_new) denied.push_back(subject);
  }
  if (test.all_allowed && *test.all_allowed != denied.empty()) {
    differences.push_back({*test.all_allowed ? "all is allowed" : "something is denied",
                           denied.empty() ? "all is allowed" : "denied   " + join(denied, ", ")});
  }
  for (const Expectation& expectation : test.expected) compare(expectation, verdicts, differences);
  return differences;
}

}  // namespace addon::policy
