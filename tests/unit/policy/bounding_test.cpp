#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

SitePolicy root_allowed(std::string_view capabilities) {
  return policy_of("run_as: {allow: [root, probe]}\nunits: {names: [\"*\"]}\ncapabilities: " +
                   std::string(capabilities) + "\n");
}

plan::InstallUnit bounded(const Lines& names) {
  plan::InstallUnit unit = root_service_of("probe", "probe.service");
  unit.privileges.bounding = {set_of(names), line_of(unit, 5)};
  unit.privileges.bounding_stated = true;
  return unit;
}

/// "[CAP_A, CAP_B, …]" of all but these.
std::string all_but(const Lines& names) {
  std::string list;
  for (const std::string& name : (CapabilitySet::all() - set_of(names)).names()) {
    list += (list.empty() ? "" : ", ") + name;
  }
  return "[" + list + "]";
}

}  // namespace

TEST_CASE("a root service may keep only what is allowed, and the surplus is one finding") {
  const SitePolicy policy = root_allowed("{allow: [CAP_NET_RAW]}");
  CHECK(refusals(policy, {bounded({"cap_net_raw"})}).empty());
  CHECK(refusals(policy, {bounded({})}).empty());
  CHECK(
      refusals(policy, {bounded({"cap_net_raw", "cap_sys_admin", "cap_bpf"})}) ==
      Lines{
          "probe.service:5 policy-capability []: probe.service starts as root and keeps capabilities by its "
          "CapabilityBoundingSet=; no policy line allows cap_sys_admin, cap_bpf | add CAP_SYS_ADMIN, CAP_BPF "
          "to "
          "capabilities.allow, or to a grant for probe"});
}

TEST_CASE("what a root service keeps is decided capability by capability") {
  CHECK(decisions(root_allowed("{allow: [CAP_NET_RAW]}"), {bounded({"cap_net_raw"})}) ==
        Lines{"unit name probe.service at addon.yaml:12 by policy.yaml:3",
              "user root at probe.service:0 by policy.yaml:2",
              "capability cap_net_raw of root's probe.service at probe.service:5 by policy.yaml:4"});
}

TEST_CASE("an unset bounding set on a root service means all capabilities") {
  const plan::InstallUnit unit = root_service_of("probe", "probe.service");
  CHECK(refusals(root_allowed("{allow: " + all_but({}) + "}"), {unit}).empty());
  CHECK(
      refusals(root_allowed("{allow: " + all_but({"cap_bpf", "cap_chown"}) + "}"), {unit}) ==
      Lines{
          "probe.service:0 policy-capability []: probe.service starts as root and sets no "
          "CapabilityBoundingSet=, which means all capabilities; no policy line allows cap_chown, cap_bpf | "
          "set "
          "CapabilityBoundingSet= in probe.service to what the program needs, or User= to an allowed user"});
}

TEST_CASE("a deny wins over what a root service keeps, and is named in the same finding") {
  const SitePolicy policy = root_allowed("{allow: [CAP_NET_RAW, CAP_BPF], deny: [CAP_BPF]}");
  CHECK(
      refusals(policy, {bounded({"cap_net_raw", "cap_bpf", "cap_chown"})}) ==
      Lines{
          "probe.service:5 policy-capability-denied [policy.yaml:4]: probe.service starts as root and keeps "
          "capabilities by its CapabilityBoundingSet=; denied: cap_bpf by policy.yaml:4; no policy line "
          "allows "
          "cap_chown | take them out of CapabilityBoundingSet= in probe.service: no allow outweighs a deny"});
}

TEST_CASE("a grant that has expired is named beside what the root service keeps") {
  const SitePolicy policy = policy_of(
      "run_as: {allow: [root]}\nunits: {names: [\"*\"]}\n"
      "grants:\n"
      "  - name: old\n"
      "    match: {id: [probe]}\n"
      "    capabilities: {allow: [CAP_BPF]}\n"
      "    expires: 2026-06-14\n");
  CHECK(refusals(policy, {bounded({"cap_bpf"})}) ==
        Lines{"probe.service:5 policy-capability [policy.yaml:7 (grant old)]: probe.service starts as root "
              "and keeps "
              "capabilities by its CapabilityBoundingSet=; no policy line allows cap_bpf; grant \"old\" did "
              "until "
              "2026-06-14 | add CAP_BPF to capabilities.allow, or to a grant for probe"});
}

TEST_CASE("the bounding set of a service that is not root's gives nothing") {
  CHECK(refusals(policy_of(usual), {service_of("probe", "probe.service")}).empty());
}

TEST_CASE("a capability that its file was refused is not refused again by the bounding set that names it") {
  const Lines found =
      refusals(root_allowed("{}"), {file_capabilities("probe", {"cap_bpf"}), bounded({"cap_bpf"})});
  REQUIRE(found.size() == 1);
  CHECK(found.front().find("no policy line allows capability cap_bpf |") != std::string::npos);
}

TEST_CASE("root by any name needs a line that says root") {
  plan::InstallUnit unit = bounded({});
  const SitePolicy policy = policy_of(usual);
  const std::string fix = " | add root to run_as.allow, or to a grant for probe";
  CHECK(refusals(policy, {unit}) == Lines{"probe.service:0 policy-run-as []: no policy line allows "
                                          "probe.service to run as root, which it does "
                                          "without User=" +
                                          fix});
  for (const char* name : {"root", "0"}) {
    unit.privileges.user = {name, line_of(unit, 2)};
    CHECK(
        refusals(policy, {unit}) ==
        Lines{"probe.service:2 policy-run-as []: no policy line allows probe.service to run as root" + fix});
  }
}
