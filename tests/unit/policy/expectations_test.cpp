#include "policy/expectations.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

/// "- EXPECTED" and "+ GOT" of what differs in a case that says this, for an add-on whose cap_net_raw is
/// allowed and whose cap_bpf is not.
Lines differences(const std::string& expectations) {
  const ParsedTests parsed =
      parse_policy_tests("cases:\n  - name: it\n    addon: x\n" + expectations, "test.yaml");
  REQUIRE(parsed.findings.empty());
  const SitePolicy policy = policy_of("capabilities: {allow: [CAP_NET_RAW]}\n");
  const Judgement judgement =
      judge(plan_of({file_capabilities("probe", {"cap_net_raw", "cap_bpf"})}), policy, today);
  Lines lines;
  for (const Difference& one : compare(parsed.cases.at(0), judgement.verdicts)) {
    lines.push_back("- " + one.expected);
    lines.push_back("+ " + one.got);
  }
  return lines;
}

Lines invalid(const std::string& text) {
  const ParsedTests parsed = parse_policy_tests(text, "test.yaml");
  CHECK(parsed.cases.empty());
  Lines lines;
  for (const Finding& finding : parsed.findings) {
    lines.push_back(fmt::format("{} {}: {}", to_string(finding.at), finding.rule->id, finding.message));
  }
  return lines;
}

}  // namespace

TEST_CASE("a case passes when what it names is as it says, by subject, by what is asked or by rule") {
  CHECK(differences("    verdict: denied\n").empty());
  CHECK(differences("    allowed: [capability cap_net_raw]\n    denied: [CAP_BPF]\n").empty());
  CHECK(differences("    denied: [policy-capability]\n").empty());
}

TEST_CASE("what differs is told with what was decided, and by which line") {
  CHECK(differences("    verdict: allowed\n") == Lines{"- all is allowed", "+ denied   capability cap_bpf"});
  CHECK(differences("    allowed: [cap_bpf]\n    denied: [cap_net_raw]\n") ==
        Lines{"- allowed  cap_bpf", "+ denied   capability cap_bpf", "- denied   cap_net_raw",
              "+ allowed  capability cap_net_raw, by policy.yaml:2"});
  CHECK(differences("    denied: [cap_bfp, policy-run-as]\n") ==
        Lines{"- denied   cap_bfp", "+ not asked for; did you mean \"cap_bpf\"?", "- denied   policy-run-as",
              "+ not asked for"});
}

TEST_CASE("an allowed rule fails when one of the things it decides about is not allowed") {
  CHECK(differences("    allowed: [policy-capability]\n") ==
        Lines{"- allowed  policy-capability", "+ denied   capability cap_bpf"});
}

TEST_CASE("a case has its own policy and day, or else those of the file") {
  const ParsedTests parsed = parse_policy_tests(
      "policy: [a.yaml]\ntoday: 2026-01-02\ncases:\n"
      "  - {name: one, addon: x, verdict: allowed}\n"
      "  - {name: two, addon: x, verdict: allowed, policy: [b.yaml, c.yaml], today: 2027-01-02}\n",
      "test.yaml");
  REQUIRE(parsed.cases.size() == 2);
  CHECK(parsed.cases[0].policy.at(0).path == "a.yaml");
  CHECK(parsed.cases[0].today == std::chrono::sys_days(std::chrono::year(2026) / 1 / 2));
  CHECK(parsed.cases[1].policy.at(1).path == "c.yaml");
  CHECK(parsed.cases[1].today == std::chrono::sys_days(std::chrono::year(2027) / 1 / 2));
}

TEST_CASE("a case that expects nothing and a day that does not exist are invalid") {
  CHECK(invalid("cases:\n  - {name: empty, addon: x}\n") ==
        Lines{"test.yaml:2:12 policy-test-invalid: the case \"empty\" expects nothing"});
  CHECK(invalid("today: 2026-02-30\ncases:\n  - {name: one, addon: x, verdict: allowed}\n") ==
        Lines{"test.yaml:1:8 policy-test-invalid: \"2026-02-30\" is not a day"});
  CHECK(invalid("cases:\n  - {name: one, addon: x, verdict: maybe}\n").size() == 1);
}
