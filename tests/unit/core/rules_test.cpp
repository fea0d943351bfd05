#include "core/rules.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <string>

using addon::all_rules;
using addon::find_rule;
using addon::Rule;
using addon::RuleOutcome;
using addon::Severity;

namespace {
// What the header declares is the list of record: an id is its variable's name in kebab-case.
std::set<std::string> declared_ids() {
  const std::string_view before = "extern const Rule ";
  std::ifstream header(RULES_HEADER);
  std::set<std::string> ids;
  for (std::string line; std::getline(header, line);) {
    if (line.rfind(before, 0) != 0) continue;
    std::string id = line.substr(before.size(), line.find(';') - before.size());
    std::replace(id.begin(), id.end(), '_', '-');
    ids.insert(id);
  }
  return ids;
}

std::set<std::string> ids_with(bool (*wanted)(const Rule&)) {
  std::set<std::string> ids;
  for (const Rule* rule : all_rules()) {
    if (wanted(*rule)) ids.emplace(rule->id);
  }
  return ids;
}
}  // namespace

TEST_CASE("the rules are those that the header declares, sorted and each once") {
  std::vector<std::string> ids;
  for (const Rule* rule : all_rules()) ids.emplace_back(rule->id);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
  const std::set<std::string> unique(ids.begin(), ids.end());
  CHECK(unique.size() == ids.size());
  CHECK(unique == declared_ids());
  CHECK(ids.size() > 60);
}

TEST_CASE("a rule is found by its id") {
  for (const Rule* rule : all_rules()) CHECK(find_rule(rule->id) == rule);
  CHECK(find_rule("schema-unknown-key") == &addon::rules::schema_unknown_key);
  const char* unknown = GENERATE("", "a", "zzz", "schema-unknown", "schema_unknown_key", "SCHEMA-TYPE");
  CHECK(find_rule(unknown) == nullptr);
}

TEST_CASE("every rule says in a sentence what is wrong, and what to do") {
  for (const Rule* rule : all_rules()) {
    CAPTURE(rule->id);
    CHECK(rule->summary.size() > 20);
    CHECK(rule->summary.size() < 110);
    CHECK(rule->summary.back() == '.');
    CHECK(rule->summary.find(". ") == std::string_view::npos);
    CHECK(rule->help.size() > 60);
    CHECK(rule->help.back() == '.');
    CHECK(rule->help.find("  ") == std::string_view::npos);
    CHECK(rule->help != rule->summary);
  }
}

TEST_CASE("rules that warn are these, and all others are errors") {
  CHECK(ids_with([](const Rule& rule) { return rule.severity == Severity::warning; }) ==
        std::set<std::string>{"capability-blank", "config-schema-missing", "lint-ignore-denied",
                              "lint-ignore-invalid", "lint-ignore-unknown-rule", "lint-ignore-unused",
                              "lint-not-judged", "manifest-not-honoured", "policy-allow-denied",
                              "policy-grant-expired", "policy-grant-unmatched", "policy-key-unknown",
                              "policy-line-redundant", "policy-pattern-unusable", "policy-pattern-wide"});
  CHECK(ids_with([](const Rule& rule) { return rule.severity == Severity::note; }) ==
        std::set<std::string>{"override-disabled"});
}

TEST_CASE("what policy does not allow is denied, and nothing else is") {
  for (const Rule* rule : all_rules()) {
    CAPTURE(rule->id);
    // These are about the text of a policy, or of its tests, not about what it allows.
    static const std::set<std::string_view> about_its_text = {
        "policy-allow-denied", "policy-grant-unmatched", "policy-invalid",
        "policy-key-unknown",  "policy-line-redundant",  "policy-pattern-unusable",
        "policy-pattern-wide", "policy-test-invalid",    "policy-untrusted"};
    const bool is_refusal = rule->id.starts_with("policy-") && !about_its_text.contains(rule->id);
    CHECK((rule->outcome == RuleOutcome::denied) == is_refusal);
  }
}

TEST_CASE("these rules are about a host that is not as it must be") {
  CHECK(ids_with([](const Rule& rule) { return rule.outcome == RuleOutcome::failed; }) ==
        std::set<std::string>{"host-addon-needed", "host-file-untrusted", "host-model-unsupported",
                              "host-no-file-capabilities", "host-nosuid", "host-package-changed",
                              "host-read-failed", "host-state-dir", "host-tampered", "host-version-altered",
                              "host-version-missing", "key-untrusted", "policy-untrusted", "reader-failed"});
}

TEST_CASE("severities have the names that reports use") {
  CHECK(to_string(Severity::error) == "error");
  CHECK(to_string(Severity::warning) == "warning");
  CHECK(to_string(Severity::note) == "note");
}
