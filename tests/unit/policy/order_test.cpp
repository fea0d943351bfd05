#include <algorithm>
#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

const std::vector<PolicyFile> files = {
    {"a.yaml", "policy: a\ncapabilities: {allow: [CAP_NET_RAW, CAP_CHOWN]}\nunits: {names: ['addon-*']}\n"},
    {"b.yaml", "policy: b\ncapabilities: {deny: [CAP_CHOWN]}\nrun_as: {allow_dynamic_user: false}\n"},
    {"c.yaml",
     "policy: c\nrun_as: {allow: [probe], allow_dynamic_user: true}\ngrants:\n"
     "  - {name: one, match: {id: [probe]}, capabilities: {allow: [CAP_BPF]}}\n"
     "  - {name: old, match: {id: [probe]}, capabilities: {allow: [CAP_KILL]}, expires: 2026-01-01}\n"},
    {"d.yaml",
     "policy: d\ngrants:\n"
     "  - {name: two, match: {id: ['*']}, capabilities: {allow: [CAP_KILL], deny: [CAP_BPF]}, expires: "
     "2026-01-01}\n"
     "  - {name: three, match: {id: [other]}, capabilities: {allow: [CAP_SYS_ADMIN]}}\n"},
};

/// Whether each request of a plan that asks for a bit of everything is allowed.
Lines verdicts(const SitePolicy& policy) {
  Lines refused;
  plan::InstallUnit unit = service_of("probe", "addon-probe.service");
  unit.privileges.dynamic_user = {true, line_of(unit, 3)};
  const auto names = CapabilitySet::all().names();
  const Judgement judgement =
      judge(plan_of({file_capabilities("probe", names), file_capabilities("other", names), unit,
                     activation("probe", "pushed-artifact", "systemd-service", "probe")}),
            policy, today);
  for (const Finding& finding : judgement.findings) {
    refused.push_back(finding.addon + " " + std::string(finding.rule->id) + " " +
                      std::to_string(finding.at.line));
  }
  std::sort(refused.begin(), refused.end());
  return refused;
}

}  // namespace

TEST_CASE("no order of files changes a verdict or the digest") {
  std::vector<std::size_t> order = {0, 1, 2, 3};
  const auto policy_in_order = [&] {
    std::vector<PolicyFile> ordered;
    for (const std::size_t index : order) ordered.push_back(files[index]);
    ParsedPolicy parsed = parse_policy(ordered);
    REQUIRE(parsed.policy);
    return *parsed.policy;
  };
  const SitePolicy first = policy_in_order();
  const Lines expected = verdicts(first);
  // 41 capabilities for each of two add-ons: probe may have CAP_NET_RAW, other CAP_NET_RAW and
  // CAP_SYS_ADMIN; and neither the delivery nor the supervision of probe is allowed.
  CHECK(expected.size() == 2 * CapabilitySet::all().members().size() - 3 + 2);
  int orders = 0;
  do {
    const SitePolicy policy = policy_in_order();
    CHECK(verdicts(policy) == expected);
    CHECK(policy.digest == first.digest);
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(orders == 24);
}

TEST_CASE("no order of grants changes a verdict") {
  SitePolicy policy = *parse_policy(files).policy;
  const Lines expected = verdicts(policy);
  std::vector<Grant> grants = policy.grants;
  std::sort(grants.begin(), grants.end(), [](const Grant& a, const Grant& b) { return a.name < b.name; });
  int orders = 0;
  do {
    policy.grants = grants;
    CHECK(verdicts(policy) == expected);
    ++orders;
  } while (std::next_permutation(grants.begin(), grants.end(),
                                 [](const Grant& a, const Grant& b) { return a.name < b.name; }));
  CHECK(orders == 24);
}

TEST_CASE("the digest changes with any byte of any file, and not with the files' names") {
  const auto digest = [](std::vector<PolicyFile> some) { return parse_policy(some).policy->digest; };
  const PolicyFile plain{"a.yaml", "policy: a\n"};
  CHECK(digest({plain}) == digest({{"z.yaml", "policy: a\n"}}));
  CHECK(digest({plain}) != digest({{"a.yaml", "policy: a\n\n"}}));
  CHECK(digest({plain}) != digest({plain, plain}));
  CHECK(digest({plain}) != digest({}));
  CHECK(digest({}) == SitePolicy::nothing().digest);
}
