#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

TEST_CASE("an empty policy allows no capability, and says which line would") {
  for (const SitePolicy& policy : {SitePolicy::nothing(), policy_of("")}) {
    CHECK(refusals(policy, {file_capabilities("probe", {"cap_net_raw"})}) ==
          Lines{"addon.yaml:1 policy-capability []: no policy line allows capability cap_net_raw | add "
                "CAP_NET_RAW "
                "to capabilities.allow, or to a grant for probe"});
  }
}

TEST_CASE("an allowed capability names the line of its own item") {
  const SitePolicy policy = policy_of(
      "capabilities:\n"
      "  allow:\n"
      "    - CAP_NET_RAW\n"
      "    - net_admin\n"
      "    - ' cap_Net_Raw '\n");
  const auto step = file_capabilities("probe", {"cap_net_raw", "cap_net_admin"});
  CHECK(refusals(policy, {step}).empty());
  // In order of number: CAP_NET_ADMIN is 12, CAP_NET_RAW is 13. The first line that covers one decides.
  CHECK(decisions(policy, {step}) == Lines{"capability cap_net_admin at addon.yaml:2 by policy.yaml:5",
                                           "capability cap_net_raw at addon.yaml:1 by policy.yaml:4"});
}

TEST_CASE("each capability that is not allowed is a finding at its own line") {
  const SitePolicy policy = policy_of("capabilities: {allow: [CAP_NET_RAW]}\n");
  CHECK(refusals(policy, {file_capabilities("probe", {"cap_net_raw", "cap_sys_admin", "cap_bpf"})}) ==
        Lines{"addon.yaml:2 policy-capability []: no policy line allows capability cap_sys_admin | add "
              "CAP_SYS_ADMIN "
              "to capabilities.allow, or to a grant for probe",
              "addon.yaml:3 policy-capability []: no policy line allows capability cap_bpf | add CAP_BPF to "
              "capabilities.allow, or to a grant for probe"});
}

TEST_CASE("a deny wins over an allow, and is named") {
  const SitePolicy policy = policy_of("capabilities:\n  allow: [CAP_NET_RAW]\n  deny: [CAP_NET_RAW]\n");
  const auto step = file_capabilities("probe", {"cap_net_raw"});
  CHECK(refusals(policy, {step}) ==
        Lines{"addon.yaml:1 policy-capability-denied [policy.yaml:4]: policy.yaml:4 denies capability "
              "cap_net_raw | "
              "do without it: no allow and no grant outweighs the deny at policy.yaml:4"});
  CHECK(decisions(policy, {step}).empty());
}

TEST_CASE("taking capabilities away is always allowed") {
  CHECK(refusals(SitePolicy::nothing(), {file_capabilities("probe", {})}).empty());
}

TEST_CASE("what is set is judged, whether or not the step says who asked for it") {
  plan::SetCapabilities step = std::get<plan::SetCapabilities>(file_capabilities("probe", {"cap_net_raw"}));
  step.asked.clear();
  step.after.inheritable = set_of({"cap_bpf"});
  step.after.unknown_bits = std::uint64_t{1} << 60;
  CHECK(refusals(policy_of("capabilities: {allow: [CAP_NET_RAW]}\n"), {step}) ==
        Lines{":0 policy-capability []: no policy line allows capability cap_bpf | add CAP_BPF to "
              "capabilities.allow, or to a grant for probe",
              ":0 policy-capability []: no policy line can allow the capabilities without a name in bits "
              "0x1000000000000000 | "});
}

TEST_CASE("the same thing asked twice is one finding for each add-on") {
  const auto one = file_capabilities("one", {"cap_bpf"});
  const auto two = file_capabilities("two", {"cap_net_raw", "cap_bpf"});
  CHECK(refusals(policy_of("capabilities: {allow: [CAP_NET_RAW]}\n"), {one, one, two, one}) ==
        Lines{"addon.yaml:1 policy-capability []: no policy line allows capability cap_bpf | add CAP_BPF to "
              "capabilities.allow, or to a grant for one",
              "addon.yaml:2 policy-capability []: no policy line allows capability cap_bpf | add CAP_BPF to "
              "capabilities.allow, or to a grant for two"});
}

TEST_CASE("ambient capabilities are judged each, at the unit's line") {
  plan::InstallUnit unit = service_of("probe", "probe.service");
  unit.privileges.ambient = {set_of({"cap_net_raw", "cap_sys_admin", "cap_bpf"}), line_of(unit, 7)};
  const SitePolicy policy =
      policy_of(std::string(usual) + "capabilities: {allow: [CAP_NET_RAW], deny: [CAP_SYS_ADMIN]}\n");
  CHECK(
      refusals(policy, {unit}) ==
      Lines{
          "probe.service:7 policy-capability []: no policy line allows ambient capability cap_bpf of "
          "probe.service | add CAP_BPF to capabilities.allow, or to a grant for probe",
          "probe.service:7 policy-capability-denied [policy.yaml:4]: policy.yaml:4 denies ambient capability "
          "cap_sys_admin of probe.service | do without it: no allow and no grant outweighs the deny at "
          "policy.yaml:4"});
  CHECK(decisions(policy, {unit}) ==
        Lines{"unit name probe.service at addon.yaml:12 by policy.yaml:3",
              "user probe at probe.service:2 by policy.yaml:2",
              "ambient capability cap_net_raw at probe.service:7 by policy.yaml:4"});
}
