#include <catch2/catch.hpp>

#include "cli/lint/baseline.hpp"
#include "core/digest.hpp"

namespace addon::cli {

namespace {
LintFinding found(const Rule& rule, const std::string& file, std::string_view seed) {
  LintFinding made{make_finding(rule, "m", {file, 1, 1})};
  made.path = file;
  made.fingerprint = Digest::of(seed).hex();
  return made;
}

std::vector<LintSubject> subjects(std::vector<LintFinding> findings) {
  LintSubject made;
  made.findings = std::move(findings);
  return {made};
}

std::string problem(std::string_view text) {
  const auto parsed = parse_baseline(text, "b.json");
  return parsed ? "" : parsed.error().message();
}
}  // namespace

TEST_CASE("a baseline reads back, and the same findings give the same bytes") {
  const auto one = found(rules::schema_type, "b.yaml", "1");
  const auto two = found(rules::schema_enum, "a.yaml", "2");
  const std::string text = to_text(baseline_of(subjects({one, two, one})));
  CHECK(text == to_text(baseline_of(subjects({two, one}))));
  const auto parsed = parse_baseline(text, "b.json");
  REQUIRE(parsed);
  REQUIRE(parsed->size() == 2);
  CHECK(parsed->front() == BaselineEntry{"a.yaml", "schema-enum", two.fingerprint});
  CHECK(text.ends_with("}\n"));
}

TEST_CASE("what is in the baseline does not count, and what is gone is stale") {
  auto all =
      subjects({found(rules::schema_type, "d/a.yaml", "1"), found(rules::schema_enum, "d/a.yaml", "2")});
  const std::vector<BaselineEntry> baseline = {{"d/a.yaml", "schema-type", Digest::of("1").hex()},
                                               {"d/a.yaml", "schema-type", Digest::of("3").hex()},
                                               {"dd/a.yaml", "schema-type", Digest::of("4").hex()}};
  const auto stale = apply_baseline(baseline, {"d"}, all);
  CHECK(all.front().findings[0].suppression->kind == Suppression::Kind::baseline);
  CHECK(all.front().findings[1].counts());
  CHECK(stale == std::vector<BaselineEntry>{baseline[1]});
  CHECK(apply_baseline(baseline, {"."}, all).size() == 2);
  CHECK(apply_baseline(baseline, {"e"}, all).empty());
}

TEST_CASE("nothing is called stale where a text could not be read as YAML") {
  auto all = subjects({found(rules::document_syntax, "d/a.yaml", "1")});
  all.front().path = "d/a.yaml";
  const std::vector<BaselineEntry> baseline = {{"d/a.yaml", "schema-type", Digest::of("2").hex()},
                                               {"d/b.yaml", "schema-type", Digest::of("3").hex()}};
  CHECK(apply_baseline(baseline, {"."}, all) == std::vector<BaselineEntry>{baseline[1]});
}

TEST_CASE("a baseline holds no finding that says that lint could not look, and none that is ignored") {
  auto ignored = found(rules::schema_type, "a.yaml", "1");
  ignored.suppression = Suppression{Suppression::Kind::ignored, "x", {}};
  auto all = subjects({ignored, found(rules::document_unreadable, "a.yaml", "2"),
                       found(rules::policy_untrusted, "a.yaml", "3")});
  CHECK(baseline_of(all).empty());
  apply_baseline({{"a.yaml", "document-unreadable", Digest::of("2").hex()},
                  {"a.yaml", "policy-untrusted", Digest::of("3").hex()}},
                 {"."}, all);
  CHECK(all.front().findings[1].counts());
  CHECK(all.front().findings[2].counts());
  auto unusable = subjects({found(rules::policy_invalid, "p.yaml", "4")});
  unusable.front().kind = LintSubject::Kind::unusable;
  CHECK(baseline_of(unusable).empty());
}

TEST_CASE("what is no baseline is refused with a reason") {
  CHECK(problem("{").find("\"b.json\" is no baseline of addonctl: ") == 0);
  CHECK(problem("[]").find("its schema is not addonctl.baseline/v1") != std::string::npos);
  CHECK(problem(R"({"schema": "addonctl.report/v1"})").find("its schema is not") != std::string::npos);
  CHECK(problem(R"({"schema": "addonctl.baseline/v1"})").find("no list of findings") != std::string::npos);
  CHECK(problem(R"({"schema": "addonctl.baseline/v1", "findings": [1]})").find("no object") !=
        std::string::npos);
  CHECK(problem(R"({"schema": "addonctl.baseline/v1", "findings": [{"fingerprint": "x"}]})")
            .find("no fingerprint") != std::string::npos);
}

}  // namespace addon::cli
