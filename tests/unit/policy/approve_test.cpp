#include <catch2/catch.hpp>
#include <type_traits>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

static_assert(!std::is_default_constructible_v<ApprovedPlan>);
static_assert(!std::is_constructible_v<ApprovedPlan, plan::Plan>, "only approve() may make one");

namespace {

Result<ApprovedPlan> approved(const SitePolicy& policy, std::vector<plan::Action> actions) {
  plan::Plan plan = plan_of(std::move(actions));
  plan.policy = policy.digest;
  return approve(std::move(plan), policy, today);
}

}  // namespace

TEST_CASE("a plan that policy allows is approved, with its decisions") {
  const auto plan =
      approved(policy_of("capabilities: {allow: [CAP_BPF]}\n"), {file_capabilities("probe", {"cap_bpf"})});
  REQUIRE(plan);
  REQUIRE(plan->plan().steps.size() == 1);
  CHECK(plan->plan().steps[0].allowed_by.size() == 1);
}

TEST_CASE("decisions that a plan brings along are not believed") {
  plan::Plan plan = plan_of({file_capabilities("probe", {})});
  plan.steps[0].allowed_by.push_back({"capability cap_bpf", {}, {"forged.yaml", 1, ""}});
  CHECK(judge(plan, SitePolicy::nothing(), today).plan.steps[0].allowed_by.empty());
}

TEST_CASE("a plan with one thing that is not allowed is denied as a whole, with every finding") {
  const auto plan = approved(policy_of("capabilities: {allow: [CAP_BPF]}\n"),
                             {file_capabilities("probe", {"cap_bpf", "cap_chown", "cap_kill"})});
  REQUIRE_FALSE(plan);
  CHECK(plan.error().kind() == ErrorKind::denied);
  CHECK(plan.error().findings().size() == 2);
}

TEST_CASE("a plan that was made for another policy is stale") {
  plan::Plan plan = plan_of({});
  plan.policy = Digest::of("another");
  const auto result = approve(std::move(plan), SitePolicy::nothing(), today);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind() == ErrorKind::stale);
  CHECK(result.error().message() ==
        "cannot approve the plan: it was made for another site policy; make a new plan");
}

TEST_CASE("steps that give nothing are allowed by an empty policy") {
  const AddonId id = id_of("probe");
  const UnitName unit = service_of("probe", "probe.service").unit;
  CHECK(approved(SitePolicy::nothing(), {plan::RemoveUnit{id, unit, Digest()}, plan::Reload{{unit}},
                                         plan::SetEnablement{id, unit, {}, false},
                                         plan::SetRunning{id, unit, plan::RunAction::stop}}));
}
