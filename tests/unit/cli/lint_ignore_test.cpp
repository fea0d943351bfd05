#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "cli/lint/ignore.hpp"
#include "temporary_directory.hpp"

namespace addon::cli {

namespace {
using Lines = std::vector<std::string>;

// "COMMENT->LINE RULE: REASON" of those that are heard.
Lines heard(std::string_view text, LintText::Kind kind = LintText::Kind::yaml) {
  Lines lines;
  for (const Ignore& ignore : find_ignores(text, {"t", kind}).ignores)
    lines.push_back(
        fmt::format("{}->{} {}: {}", ignore.at.line, ignore.line, ignore.rule->id, ignore.reason));
  return lines;
}

Lines complaints(std::string_view text, LintText::Kind kind = LintText::Kind::yaml) {
  Lines lines;
  for (const Finding& finding : find_ignores(text, {"t", kind}).findings)
    lines.push_back(fmt::format("{} {}", finding.at.line, finding.rule->id));
  return lines;
}

LintSubject ignoring_subject(const std::string& file, std::vector<Finding> findings) {
  LintSubject made;
  made.kind = LintSubject::Kind::bundle;
  made.name = file;
  made.texts = {{file, LintText::Kind::yaml}};
  made.findings = as_lint_findings(std::move(findings));
  return made;
}

// "RULE" of what counts, "(RULE)" of what does not.
Lines after_ignores(LintSubject made) {
  honour_ignores(made);
  Lines lines;
  for (const LintFinding& found : made.findings)
    lines.push_back(found.counts() ? std::string(found.finding.rule->id)
                                   : fmt::format("({})", found.finding.rule->id));
  return lines;
}
}  // namespace

TEST_CASE("a comment speaks of its line, or of the next one where it stands alone") {
  CHECK(heard("a: b # addonctl: ignore schema-type old agents\n") == Lines{"1->1 schema-type: old agents"});
  CHECK(heard("#addonctl:ignore schema-type x\n# another\n\n# addonctl: ignore schema-enum y z \na: b\n") ==
        Lines{"1->5 schema-type: x", "4->5 schema-enum: y z"});
  CHECK(heard("a: b\n# addonctl: ignore schema-type x\n") == Lines{"2->0 schema-type: x"});
  CHECK(heard("a: 'b # addonctl: ignore schema-type x'\n").empty());
}

TEST_CASE("comments of a unit stand alone") {
  const auto unit = LintText::Kind::unit;
  CHECK(heard("; addonctl: ignore unit-value x\n# y\n[Unit]\n", unit) == Lines{"1->3 unit-value: x"});
  CHECK(heard("User=x # addonctl: ignore unit-value x\n", unit).empty());
  CHECK(heard("  # addonctl: ignore unit-value x\r\nUser=x\r\n", unit) == Lines{"1->2 unit-value: x"});
}

TEST_CASE("a comment without rule or reason, or of an unknown rule, is no ignore") {
  CHECK(complaints("# addonctl: ignore\n") == Lines{"1 lint-ignore-invalid"});
  CHECK(complaints("# addonctl:\n") == Lines{"1 lint-ignore-invalid"});
  CHECK(complaints("# addonctl: disable schema-type x\n") == Lines{"1 lint-ignore-invalid"});
  CHECK(complaints("# addonctl: ignore schema-type\n") == Lines{"1 lint-ignore-invalid"});
  CHECK(complaints("# addonctl: ignore schema-typo x\n") == Lines{"1 lint-ignore-unknown-rule"});
  CHECK(complaints("# see addonctl: ignore schema-typo x\n").empty());
}

TEST_CASE("of very many comments the first are heard") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "# addonctl: ignore schema-type x\n";
  CHECK(heard(text).size() == 1000);
}

TEST_CASE("what policy denies cannot be ignored, whichever rule says so") {
  for (const Rule* rule : all_rules()) {
    if (rule->outcome != RuleOutcome::denied || rule->severity != Severity::error) continue;
    const std::string text = fmt::format("# addonctl: ignore {} we need it\na: b\n", rule->id);
    INFO(rule->id);
    CHECK(heard(text).empty());
    CHECK(complaints(text) == Lines{"1 lint-ignore-denied"});
  }
}

TEST_CASE("a finding is ignored by its rule on its line, and by nothing else") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "a: b # addonctl: ignore schema-type x\nc: d\n");
  CHECK(after_ignores(ignoring_subject(file, {make_finding(rules::schema_type, "m", {file, 1, 1}),
                                              make_finding(rules::schema_type, "n", {file, 1, 4}),
                                              make_finding(rules::schema_enum, "m", {file, 1, 1}),
                                              make_finding(rules::schema_type, "m", {file, 2, 1})})) ==
        Lines{"schema-enum", "(schema-type)", "(schema-type)", "schema-type"});
  CHECK(after_ignores(ignoring_subject(file, {make_finding(rules::schema_type, "m", {file, 2, 1})})) ==
        Lines{"lint-ignore-unused", "schema-type"});
}

TEST_CASE("nobody calls an ignore unused whose rule could not be looked at") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "# addonctl: ignore unit-value x\na: b\n");
  LintSubject manifest = ignoring_subject(file, {});
  manifest.kind = LintSubject::Kind::manifest;
  CHECK(after_ignores(manifest).empty());
  LintSubject broken = ignoring_subject(file, {make_finding(rules::schema_type, "m", {file, 2, 1})});
  broken.understood = false;
  CHECK(after_ignores(broken) == Lines{"schema-type"});
  CHECK(after_ignores(ignoring_subject(file, {})) == Lines{"lint-ignore-unused"});
}

TEST_CASE("errors that are ignored do not hide that lint saw no further") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "a: b # addonctl: ignore schema-type x\nc: d\n");
  LintSubject broken = ignoring_subject(file, {make_finding(rules::schema_type, "m", {file, 1, 1})});
  broken.understood = false;
  CHECK(after_ignores(broken) == Lines{"lint-not-judged", "(schema-type)"});
  broken.findings.push_back({make_finding(rules::schema_type, "m", {file, 2, 1})});
  CHECK(after_ignores(broken) == Lines{"(schema-type)", "schema-type"});
}

}  // namespace addon::cli
