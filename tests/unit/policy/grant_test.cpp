#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

SitePolicy granted(std::string_view match, std::string_view more = "") {
  return policy_of("grants:\n  - name: probes\n    match: {id: " + std::string(match) +
                   "}\n    capabilities: {allow: [CAP_BPF]}\n" + std::string(more));
}

bool allows(const SitePolicy& policy, std::string_view id, std::chrono::sys_days day = today) {
  return refusals(policy, {file_capabilities(id, {"cap_bpf"})}, day).empty();
}

}  // namespace

TEST_CASE("a grant holds for the ids that it matches, by name or pattern") {
  CHECK(allows(granted("[probe]"), "probe"));
  CHECK_FALSE(allows(granted("[probe]"), "probe2"));
  CHECK_FALSE(allows(granted("[probe]"), "my-probe"));
  CHECK(allows(granted("[scan, 'net*']"), "netprobe"));
  CHECK(allows(granted("['net?']"), "net1"));
  CHECK_FALSE(allows(granted("['net?']"), "net"));
  CHECK(allows(granted("['*']"), "anything"));
}

TEST_CASE("a decision by a grant names the grant and its line") {
  CHECK(decisions(granted("[probe]"), {file_capabilities("probe", {"cap_bpf"})}) ==
        Lines{"capability cap_bpf at addon.yaml:1 by policy.yaml:5 (grant probes)"});
}

TEST_CASE("the site's own line decides before a grant's, and the first grant before the next") {
  const std::string grants =
      "grants:\n"
      "  - {name: one, match: {id: [probe]}, capabilities: {allow: [CAP_BPF]}}\n"
      "  - {name: two, match: {id: [probe]}, capabilities: {allow: [CAP_BPF, CAP_NET_RAW]}}\n";
  const auto step = file_capabilities("probe", {"cap_bpf", "cap_net_raw"});
  CHECK(decisions(policy_of(grants), {step}) ==
        Lines{"capability cap_net_raw at addon.yaml:2 by policy.yaml:4 (grant two)",
              "capability cap_bpf at addon.yaml:1 by policy.yaml:3 (grant one)"});
  CHECK(decisions(policy_of(grants + "capabilities: {allow: [CAP_BPF]}\n"), {step}) ==
        Lines{"capability cap_net_raw at addon.yaml:2 by policy.yaml:4 (grant two)",
              "capability cap_bpf at addon.yaml:1 by policy.yaml:5"});
}

TEST_CASE("a grant holds on its last day and not on the next") {
  using namespace std::chrono;
  const SitePolicy policy = granted("[probe]", "    expires: 2026-06-15\n");
  CHECK(allows(policy, "probe", year(2026) / 6 / 14));
  CHECK(allows(policy, "probe", year(2026) / 6 / 15));
  CHECK_FALSE(allows(policy, "probe", year(2026) / 6 / 16));
}

TEST_CASE("a grant that has expired is named where it would have allowed something") {
  const SitePolicy policy = granted("[probe]", "    expires: 2026-06-14\n");
  CHECK(
      refusals(policy, {file_capabilities("probe", {"cap_bpf"})}) ==
      Lines{"addon.yaml:1 policy-capability [policy.yaml:5 (grant probes)]: no policy line allows capability "
            "cap_bpf; grant \"probes\" did until 2026-06-14 | renew grant \"probes\", or add CAP_BPF to "
            "capabilities.allow, or to a grant for probe"});
  CHECK(
      refusals(policy, {file_capabilities("probe", {"cap_chown"})}) ==
      Lines{
          "addon.yaml:1 policy-capability []: no policy line allows capability cap_chown | add CAP_CHOWN to "
          "capabilities.allow, or to a grant for probe"});
}

TEST_CASE("a deny of a grant wins over the site's allow, for its add-ons only, and outlives the grant") {
  for (const char* expires : {"", "    expires: 2026-06-14\n"}) {
    const SitePolicy policy = policy_of(
        "capabilities: {allow: [CAP_BPF]}\n"
        "grants:\n"
        "  - name: not-here\n"
        "    match: {id: [probe]}\n"
        "    capabilities: {deny: [CAP_BPF]}\n" +
        std::string(expires));
    CHECK(
        refusals(policy, {file_capabilities("probe", {"cap_bpf"})}) ==
        Lines{"addon.yaml:1 policy-capability-denied [policy.yaml:6 (grant not-here)]: policy.yaml:6 (grant "
              "not-here) denies capability cap_bpf | do without it: no allow and no grant outweighs the deny "
              "at "
              "policy.yaml:6 (grant not-here)"});
    CHECK(allows(policy, "other"));
  }
}

TEST_CASE("a deny of the site wins over a grant") {
  CHECK_FALSE(allows(granted("[probe]", "capabilities: {deny: [CAP_BPF]}\n"), "probe"));
}

TEST_CASE("each field of a grant adds to the site's") {
  const SitePolicy policy = policy_of(
      "grants:\n"
      "  - name: all\n"
      "    match: {id: [probe]}\n"
      "    supervision: {allow: [systemd-service]}\n"
      "    delivery: {allow: [pushed-artifact]}\n"
      "    run_as: {allow: [probe], allow_dynamic_user: true}\n"
      "    units: {names: [probe.service], exec_prefixes: ['+']}\n");
  plan::InstallUnit unit = service_of("probe", "probe.service");
  unit.privileges.dynamic_user = {true, line_of(unit, 3)};
  unit.privileges.exec = {{"ExecStart", {"+"}, own_program, {}, line_of(unit, 4)}};
  const auto current = activation("probe", "pushed-artifact", "systemd-service", "probe");
  CHECK(refusals(policy, {unit, current}).empty());
  CHECK(decisions(policy, {unit, current}) ==
        Lines{"unit name probe.service at addon.yaml:12 by policy.yaml:8 (grant all)",
              "dynamic user at probe.service:3 by policy.yaml:7 (grant all)",
              "user probe at probe.service:2 by policy.yaml:7 (grant all)",
              "prefix + at probe.service:4 by policy.yaml:8 (grant all)",
              "delivery pushed-artifact at addon.yaml:6 by policy.yaml:6 (grant all)",
              "supervision systemd-service at addon.yaml:7 by policy.yaml:5 (grant all)",
              "user probe at addon.yaml:8 by policy.yaml:7 (grant all)"});
}

TEST_CASE("a unit name that is granted to one add-on is no other's") {
  const SitePolicy policy = policy_of(
      "run_as: {allow: [probe]}\n"
      "grants:\n"
      "  - name: probes\n"
      "    match: {id: [probe]}\n"
      "    units: {names: [probe.service]}\n");
  CHECK(refusals(policy, {service_of("probe", "probe.service")}).empty());
  CHECK(refusals(policy, {service_of("other", "probe.service")}).size() == 1);
}

TEST_CASE("grants that expire within 30 days, or have, are warned of") {
  using namespace std::chrono;
  const SitePolicy policy = granted("[probe]", "    expires: 2026-07-15\n");
  CHECK(expiring_grants(policy, year(2026) / 6 / 14).empty());
  const auto soon = expiring_grants(policy, year(2026) / 6 / 15);
  REQUIRE(soon.size() == 1);
  CHECK(soon.front().message == "grant \"probes\" expires on 2026-07-15");
  CHECK(soon.front().severity == Severity::warning);
  CHECK(to_string(soon.front().at) == "policy.yaml:6:14");
  CHECK(expiring_grants(policy, year(2026) / 7 / 16).front().message ==
        "grant \"probes\" expired on 2026-07-15");
}
