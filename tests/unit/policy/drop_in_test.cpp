// The limits that a manifest asks for are judged like lines of the unit.
#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {
plan::Action drop_in(const std::string& key, const std::string& value) {
  const plan::InstallUnit unit = service_of("probe", "probe.service");
  return plan::InstallDropIn{unit.addon,
                             unit.version,
                             {unit.unit, {{key, value}}},
                             {},
                             {{"Service", key, value, {"addon.yaml", 9, 3}}}};
}
}  // namespace

TEST_CASE("a slice of another's needs a line, the services' own does not") {
  const SitePolicy policy = policy_of(usual);
  CHECK(refusals(policy, {drop_in("Slice", "system.slice")}) == Lines{});
  CHECK(
      refusals(policy, {drop_in("Slice", "user.slice")}) ==
      Lines{"addon.yaml:9 policy-unit-reference []: no policy line allows probe.service to reach user.slice "
            "by Slice= | add \"user.slice\" to units.references, or to a grant for probe"});
  const SitePolicy allowing =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], references: ['addons*.slice']}\n");
  CHECK(refusals(allowing, {drop_in("Slice", "addons-probe.slice")}) == Lines{});
  CHECK(decisions(allowing, {drop_in("Slice", "addons.slice")}) ==
        Lines{"Slice=addons.slice of probe.service at addon.yaml:9 by policy.yaml:3"});
}

TEST_CASE("a slice in the unit's own text needs the same line") {
  CHECK(
      refusals(policy_of(usual), {unit_from("probe", "probe.service",
                                            "[Service]\nUser=probe\nExecStart=" + std::string(own_program) +
                                                "\nSlice=user.slice\n")}) ==
      Lines{
          "probe.service:4 policy-unit-reference []: no policy line allows probe.service to reach user.slice "
          "by Slice= | add \"user.slice\" to units.references, or to a grant for probe"});
}

TEST_CASE("a limit must be what the site requires of units, and none that it forbids") {
  const SitePolicy requiring = policy_of("units: {names: ['*'], require: {TasksMax: [\"8\"]}}\n");
  CHECK(refusals(requiring, {drop_in("TasksMax", "8")}) == Lines{});
  CHECK(refusals(requiring, {drop_in("MemoryMax", "8")}) == Lines{});
  CHECK(
      refusals(requiring, {drop_in("TasksMax", "9")}) ==
      Lines{"addon.yaml:9 policy-unit-required [policy.yaml:2]: policy.yaml:2 requires TasksMax=8 of units, "
            "and probe.service has TasksMax=9 | set TasksMax= to 8 in probe.service"});
  const SitePolicy forbidding = policy_of("units: {names: ['*'], forbid: [Slice]}\n");
  CHECK(
      refusals(forbidding, {drop_in("Slice", "a.slice")}) ==
      Lines{"addon.yaml:9 policy-unit-forbidden [policy.yaml:2]: policy.yaml:2 forbids Slice= in units, and "
            "probe.service has it | remove Slice=: no allow and no grant outweighs units.forbid"});
}
