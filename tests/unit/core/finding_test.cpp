#include "core/finding.hpp"

#include <catch2/catch.hpp>

#include "core/error.hpp"

using addon::ErrorKind;
using addon::Finding;
using addon::make_finding;
using addon::SourceSpan;

TEST_CASE("a place is written as far as it is known") {
  CHECK(to_string(SourceSpan{"a.yaml", 3, 7}) == "a.yaml:3:7");
  CHECK(to_string(SourceSpan{"a.yaml", 3, 0}) == "a.yaml:3");
  CHECK(to_string(SourceSpan{"a.yaml", 0, 0}) == "a.yaml");
}

TEST_CASE("a line of policy is written with its grant") {
  CHECK(to_string(addon::PolicyRef{"policy.yaml", 4, ""}) == "policy.yaml:4");
  CHECK(to_string(addon::PolicyRef{"policy.yaml", 4, "probes"}) == "policy.yaml:4 (grant probes)");
  CHECK(to_string(addon::PolicyRef{"policy.yaml", 0, ""}) == "policy.yaml");
}

TEST_CASE("a finding has its rule's severity") {
  const Finding finding = make_finding(addon::rules::capability_blank, "blank", {"a.yaml", 2, 1}, "/a/0");
  CHECK(finding.rule == &addon::rules::capability_blank);
  CHECK(finding.severity == addon::Severity::warning);
  CHECK(finding.message == "blank");
  CHECK(finding.at == SourceSpan{"a.yaml", 2, 1});
  CHECK(finding.pointer == "/a/0");
}

TEST_CASE("warnings alone are no errors") {
  const Finding warning = make_finding(addon::rules::capability_blank, "a");
  const Finding error = make_finding(addon::rules::schema_type, "b");
  CHECK_FALSE(addon::has_errors({}));
  CHECK_FALSE(addon::has_errors({warning}));
  CHECK(addon::has_errors({warning, error}));
}

TEST_CASE("invalid input outweighs a failed host, and that outweighs a denial") {
  const Finding denied = make_finding(addon::rules::policy_capability, "a");
  const Finding failed = make_finding(addon::rules::host_nosuid, "b");
  const Finding invalid = make_finding(addon::rules::schema_type, "c");
  const Finding warning = make_finding(addon::rules::config_schema_missing, "d");
  CHECK(addon::worst_kind({denied}) == ErrorKind::denied);
  CHECK(addon::worst_kind({denied, failed}) == ErrorKind::failed);
  CHECK(addon::worst_kind({failed, denied, invalid}) == ErrorKind::invalid);
  CHECK(addon::worst_kind({denied, warning}) == ErrorKind::denied);
}

TEST_CASE("findings are sorted by place and told once") {
  const auto at = [](const char* file, int line, int column, const char* message) {
    return make_finding(addon::rules::schema_type, message, {file, line, column});
  };
  std::vector<Finding> findings = {at("b", 1, 1, "x"), at("a", 10, 1, "x"), at("a", 9, 2, "x"),
                                   at("a", 9, 1, "y"), at("a", 9, 1, "x"),  at("a", 9, 1, "y")};
  sort_findings(findings);
  std::vector<std::string> order;
  for (const Finding& finding : findings) order.push_back(to_string(finding.at) + " " + finding.message);
  CHECK(order == std::vector<std::string>{"a:9:1 x", "a:9:1 y", "a:9:2 x", "a:10:1 x", "b:1:1 x"});
}
