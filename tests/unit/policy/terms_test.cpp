#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

TEST_CASE("delivery, supervision and user of a manifest each need a line") {
  CHECK(
      refusals(SitePolicy::nothing(), {activation("probe", "pushed-artifact", "systemd-timer", "probe")}) ==
      Lines{"addon.yaml:6 policy-delivery []: no policy line allows delivery pushed-artifact | add "
            "pushed-artifact "
            "to delivery.allow, or to a grant for probe",
            "addon.yaml:7 policy-supervision []: no policy line allows supervision systemd-timer | add "
            "systemd-timer to supervision.allow, or to a grant for probe",
            "addon.yaml:8 policy-run-as []: no policy line allows the add-on to run as probe | add probe to "
            "run_as.allow, or to a grant for probe"});
}

TEST_CASE("each of them is decided by its own line") {
  const SitePolicy policy = policy_of(
      "delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [systemd-timer]}\nrun_as: {allow: [a, "
      "probe]}\n");
  CHECK(decisions(policy, {activation("probe", "pushed-artifact", "systemd-timer", "probe")}) ==
        Lines{"delivery pushed-artifact at addon.yaml:6 by policy.yaml:2",
              "supervision systemd-timer at addon.yaml:7 by policy.yaml:3",
              "user probe at addon.yaml:8 by policy.yaml:4"});
  CHECK(refusals(policy, {activation("probe", "os-package", "systemd-service", "a")}).size() == 2);
}

TEST_CASE("a manifest that names no user asks for none") {
  const SitePolicy policy =
      policy_of("delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [ephemeral-helper]}\n");
  CHECK(refusals(policy, {activation("probe", "pushed-artifact", "ephemeral-helper")}).empty());
}

TEST_CASE("a manifest that names root needs a line that says root") {
  const SitePolicy policy = policy_of(
      "delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [ephemeral-helper]}\nrun_as: {allow: "
      "[probe]}\n");
  for (const char* user : {"root", "0"}) {
    CHECK(
        refusals(policy, {activation("probe", "pushed-artifact", "ephemeral-helper", user)}) ==
        Lines{"addon.yaml:8 policy-run-as []: no policy line allows the add-on to run as root | add root to "
              "run_as.allow, or to a grant for probe"});
  }
}

TEST_CASE("removing what is current asks for nothing") {
  const auto version = Version::parse("1.0.0");
  REQUIRE(version);
  CHECK(refusals(SitePolicy::nothing(), {plan::SwitchCurrent{id_of("probe"), *version, {}, {}}}).empty());
}

TEST_CASE("a step that activates without saying what it asks for is refused") {
  const auto version = Version::parse("1.0.0");
  REQUIRE(version);
  CHECK(refusals(policy_of("delivery: {allow: [pushed-artifact]}\n"),
                 {plan::SwitchCurrent{id_of("probe"), {}, *version, {}}}) ==
        Lines{":0 policy-delivery []: the step that activates probe 1.0.0 does not say what it asks for | "});
}

TEST_CASE("words that are none of ours are never allowed") {
  const SitePolicy policy =
      policy_of("delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [config-toggle]}\n");
  CHECK(refusals(policy, {activation("probe", "teleport", "config-toggle")}) ==
        Lines{"addon.yaml:6 policy-delivery []: no policy line allows delivery teleport | add teleport to "
              "delivery.allow, or to a grant for probe"});
}

TEST_CASE("each state directory needs a pattern that covers it") {
  plan::Action action = activation("probe", "pushed-artifact", "systemd-service");
  std::get<plan::SwitchCurrent>(action).terms->state_dirs = {
      {"/var/lib/addons/probe", {"addon.yaml", 20, 5}, ""}, {"/var/lib/addons", {"addon.yaml", 21, 5}, ""}};
  const SitePolicy policy = policy_of(
      "delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [systemd-service]}\n"
      "paths: {state_dirs: ['/var/lib/addons/**']}\n");
  CHECK(
      refusals(policy, {action}) ==
      Lines{"addon.yaml:21 policy-state-dir []: no policy line allows state directory /var/lib/addons | add "
            "\"/var/lib/addons\" to paths.state_dirs, or to a grant for probe"});
  CHECK(decisions(policy, {action}).back() ==
        "state directory /var/lib/addons/probe at addon.yaml:20 by policy.yaml:4");
}

TEST_CASE("a unit that stays on the host needs its lines again when another version becomes current") {
  const SitePolicy policy = policy_of(
      "delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [systemd-service]}\n"
      "run_as: {allow: [probe]}\nunits: {names: [\"probe.*\"]}\n");
  plan::Action action = activation("probe", "pushed-artifact", "systemd-service", "probe");
  auto& standing = std::get<plan::SwitchCurrent>(action).terms->standing_units;
  standing = {service_of("probe", "probe.service"), root_service_of("probe", "probe.timer")};
  CHECK(refusals(policy, {action}).empty());
  CHECK(decisions(policy, {action}).back() == "unit name probe.timer at addon.yaml:12 by policy.yaml:5");

  plan::InstallUnit& service = standing.front();
  service.privileges.user = {"root", line_of(service, 2)};
  service.privileges.bounding = {set_of({"cap_bpf"}), line_of(service, 3)};
  service.privileges.bounding_stated = true;
  CHECK(refusals(policy, {action}) ==
        Lines{"probe.service:2 policy-run-as []: no policy line allows probe.service to run as root | add "
              "root to run_as.allow, or to a grant for probe",
              "probe.service:3 policy-capability []: probe.service starts as root and keeps capabilities by "
              "its CapabilityBoundingSet=; no policy line allows cap_bpf | add CAP_BPF to "
              "capabilities.allow, or to a grant for probe"});
}

namespace {
plan::Action entry(const plan::Action& activation, const std::optional<Version>& before = std::nullopt) {
  const auto& change = std::get<plan::SwitchCurrent>(activation);
  plan::UpdateRegistry registry;
  registry.changes.push_back({change.addon, before, change.after, Json::object(), change.terms});
  return registry;
}
}  // namespace

TEST_CASE("what becomes active by its entry in the registry alone is judged there") {
  const plan::Action toggle = entry(activation("shell", "compiled-in", "config-toggle", "probe"));
  CHECK(refusals(SitePolicy::nothing(), {toggle}).size() == 3);
  const SitePolicy policy = policy_of(
      "delivery: {allow: [compiled-in]}\nsupervision: {allow: [config-toggle]}\nrun_as: {allow: [probe]}\n");
  CHECK(decisions(policy, {toggle}) == Lines{"delivery compiled-in at addon.yaml:6 by policy.yaml:2",
                                             "supervision config-toggle at addon.yaml:7 by policy.yaml:3",
                                             "user probe at addon.yaml:8 by policy.yaml:4"});
}

TEST_CASE(
    "an entry that does not say what it asks for is refused, unless the step that switches to it does") {
  const SitePolicy policy =
      policy_of("delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [agent-sidecar]}\n");
  const plan::Action sidecar = activation("relay", "pushed-artifact", "agent-sidecar");
  plan::Action silent = entry(sidecar);
  std::get<plan::UpdateRegistry>(silent).changes.front().terms.reset();
  CHECK(refusals(policy, {sidecar, silent}).empty());
  CHECK(refusals(policy, {silent}).size() == 1);
}

TEST_CASE("an entry that goes asks for nothing") {
  const auto version = Version::parse("1.0.0");
  plan::UpdateRegistry registry;
  registry.changes.push_back({id_of("shell"), *version, std::nullopt, nullptr, std::nullopt});
  CHECK(refusals(SitePolicy::nothing(), {registry}).empty());
}
