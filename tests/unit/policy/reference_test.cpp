#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

const std::string service_text = "[Service]\nUser=probe\nExecStart=" + std::string(own_program) + "\n";

/// What is refused of a service whose [Unit] has this line, its fourth from the top.
Lines refused_line(const SitePolicy& policy, const std::string& line) {
  return refusals(policy, {unit_from("probe", "probe.service", service_text + "[Unit]\n" + line + "\n")});
}

std::string not_allowed(const std::string& directive, const std::string& unit) {
  return "probe.service:5 policy-unit-reference []: no policy line allows probe.service to reach " + unit +
         " by " + directive + "= | add \"" + unit + "\" to units.references, or to a grant for probe";
}

}  // namespace

TEST_CASE("every directive that reaches another unit needs a line, except those that order") {
  const SitePolicy policy = policy_of(usual);
  const SitePolicy allowed =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], references: ['ssh.*']}\n");
  for (const std::string directive :
       {"BindTo", "BindsTo", "Conflicts", "JoinsNamespaceOf", "OnFailure", "OnSuccess", "PartOf",
        "PropagateReloadTo", "PropagatesReloadTo", "PropagatesStopTo", "ReloadPropagatedFrom", "Requires",
        "RequiresOverridable", "Requisite", "StopPropagatedFrom", "Upholds", "Wants"}) {
    INFO(directive);
    CHECK(refused_line(policy, directive + "=ssh.service") == Lines{not_allowed(directive, "ssh.service")});
    CHECK(refused_line(allowed, directive + "=ssh.service").empty());
    CHECK(refused_line(policy, directive + "=probe.service").empty());
  }
  CHECK(refused_line(policy, "After=ssh.service").empty());
  CHECK(refused_line(policy, "Before=ssh.service").empty());
}

TEST_CASE("Sockets= of a service and the units of [Install] need lines, too") {
  const SitePolicy policy = policy_of(usual);
  CHECK(refusals(policy, {unit_from("probe", "probe.service", service_text + "\nSockets=ssh.socket\n")}) ==
        Lines{not_allowed("Sockets", "ssh.socket")});
  for (const std::string directive : {"WantedBy", "RequiredBy"}) {
    CHECK(refusals(policy, {unit_from("probe", "probe.service",
                                      service_text + "[Install]\n" + directive + "=ssh.service\n")}) ==
          Lines{not_allowed(directive, "ssh.service")});
  }
}

TEST_CASE("a decision names the line that lists the unit") {
  const SitePolicy policy = policy_of(
      "run_as: {allow: [probe]}\nunits: {names: ['*']}\ngrants:\n"
      "  - {name: g, match: {id: [probe]}, units: {references: [ssh.service]}}\n");
  const Lines found =
      decisions(policy, {unit_from("probe", "probe.service", service_text + "[Unit]\nWants=ssh.service\n")});
  CHECK(found.at(1) == "Wants=ssh.service of probe.service at probe.service:5 by policy.yaml:5 (grant g)");
}

TEST_CASE(
    "targets that systemd ships to wait for are free where naming them can neither stop nor fail them") {
  const SitePolicy policy = policy_of(usual);
  CHECK(refused_line(policy, "Wants=network-online.target").empty());
  CHECK(refused_line(policy, "Requires=basic.target time-sync.target").empty());
  CHECK(refused_line(policy, "Wants=rescue.target") == Lines{not_allowed("Wants", "rescue.target")});
  for (const std::string directive : {"Conflicts", "OnFailure", "PropagatesStopTo"}) {
    CHECK(refused_line(policy, directive + "=multi-user.target") ==
          Lines{not_allowed(directive, "multi-user.target")});
  }
  const auto installed = [&](const std::string& line) {
    return refusals(policy,
                    {unit_from("probe", "probe.service", service_text + "[Install]\n" + line + "\n")});
  };
  CHECK(installed("WantedBy=multi-user.target").empty());
  CHECK(installed("RequiredBy=sysinit.target") == Lines{not_allowed("RequiredBy", "sysinit.target")});
}

TEST_CASE("an empty assignment takes no dependency back") {
  CHECK(refused_line(policy_of(usual), "Conflicts=ssh.service\nConflicts=") ==
        Lines{not_allowed("Conflicts", "ssh.service")});
}

TEST_CASE("no pattern covers a name that a specifier hides") {
  const SitePolicy policy =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], references: ['**']}\n");
  CHECK(
      refused_line(policy, "Wants=%H.service") ==
      Lines{
          "probe.service:5 policy-unit-reference []: no policy line allows probe.service to reach %H.service "
          "by Wants= | write the unit's name out: no line can allow what only the host can tell"});
}

TEST_CASE("what happens to the whole system when the unit ends counts as the target that it starts") {
  const SitePolicy policy = policy_of(usual);
  CHECK(refused_line(policy, "FailureAction=reboot-force") ==
        Lines{not_allowed("FailureAction", "reboot.target")});
  CHECK(refused_line(policy, "SuccessAction=none").empty());
  const SitePolicy allowed =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], references: [reboot.target]}\n");
  CHECK(refused_line(allowed, "FailureAction=reboot-force").empty());
}

TEST_CASE("stopping all other units is never allowed") {
  const SitePolicy policy =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], references: ['**']}\n");
  CHECK(refused_line(policy, "OnFailureJobMode=isolate") ==
        Lines{"probe.service:5 policy-unit-reference []: OnFailureJobMode=isolate of probe.service is never "
              "allowed: it reaches more than the plan shows | remove OnFailureJobMode=isolate"});
  CHECK(refused_line(policy, "OnFailureIsolate=yes").size() == 1);
  CHECK(refused_line(policy, "OnFailureJobMode=replace").empty());
}

TEST_CASE("Alias= is never allowed, and Also= only for the add-on's own units, whatever a line says") {
  const plan::InstallUnit service =
      unit_from("probe", "probe.service",
                service_text + "[Install]\nAlso=probe.timer\nAlso=ssh.service\nAlias=dbus.service\n");
  const plan::InstallUnit timer = root_service_of("probe", "probe.timer");
  const SitePolicy policy =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], references: ['**']}\n");
  const Lines expected = {
      "probe.service:6 policy-unit-reference []: Also=ssh.service of probe.service is never allowed: it "
      "reaches more than the plan shows | remove Also=ssh.service",
      "probe.service:7 policy-unit-reference []: Alias=dbus.service of probe.service is never allowed: it "
      "reaches more than the plan shows | remove Alias=dbus.service"};
  CHECK(refusals(policy, {service, timer}) == expected);
  CHECK(refusals(policy, {timer, service}) == expected);
}

TEST_CASE("a timer starts a service of the add-on, or one that a line lists") {
  const plan::InstallUnit timer =
      unit_from("probe", "probe.timer", "[Timer]\nOnBootSec=1\nUnit=ssh.service\n");
  CHECK(refusals(policy_of(usual), {timer}) ==
        Lines{"probe.timer:3 policy-unit-reference []: no policy line allows probe.timer to reach "
              "ssh.service by Unit= | add \"ssh.service\" to units.references, or to a grant for probe"});
  CHECK(refusals(policy_of("units: {names: ['*'], references: ['ssh.service']}\n"), {timer}).empty());
}

TEST_CASE("another add-on's unit is not the add-on's own, though it is in the plan") {
  const plan::InstallUnit service =
      unit_from("probe", "probe.service", service_text + "[Unit]\nWants=scan.service\n");
  CHECK(refusals(policy_of(usual), {service, service_of("scan", "scan.service")}).size() == 1);
}

TEST_CASE("a unit that stays as it is is still the add-on's own") {
  const plan::InstallUnit timer = root_service_of("probe", "probe.timer");
  CHECK(refusals(policy_of(usual), {timer}).size() == 1);
  plan::Plan plan = plan_of({timer});
  const auto version = Version::parse("1.0.0");
  REQUIRE(version);
  plan::Release release{timer.addon, *version, {}, {}, "", RelativePath::of({"probe"}),
                        {},          {},       {}, {}, {}, {}};
  release.units.push_back({service_of("probe", "probe.service").unit, Digest(), {}});
  plan.result.emplace(timer.addon, release);
  CHECK(judge(plan, policy_of(usual), today).findings.empty());
}
