#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "unit/unit_file.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

TEST_CASE("a unit's name must match a pattern of units.names") {
  const SitePolicy policy =
      policy_of("run_as: {allow: [probe]}\nunits:\n  names: ['x*', 'addon-*.service']\n");
  CHECK(decisions(policy, {service_of("probe", "addon-probe.service")}) ==
        Lines{"unit name addon-probe.service at addon.yaml:12 by policy.yaml:4",
              "user probe at addon-probe.service:2 by policy.yaml:2"});
  CHECK(refusals(policy, {service_of("probe", "sshd.service")}) ==
        Lines{"addon.yaml:12 policy-unit-name []: no policy line allows a unit called sshd.service | add "
              "\"sshd.service\" to units.names, or to a grant for probe"});
}

TEST_CASE("a service's user needs a line") {
  const SitePolicy policy = policy_of("run_as: {allow: [other, root]}\nunits: {names: ['*']}\n");
  CHECK(refusals(policy, {service_of("probe", "a.service"), service_of("probe", "b.service")}) ==
        Lines{"a.service:2 policy-run-as []: no policy line allows a.service to run as probe | add probe to "
              "run_as.allow, or to a grant for probe"});
}

TEST_CASE("a timer runs nothing, so it needs no user") {
  const SitePolicy policy = policy_of(usual);
  CHECK(refusals(policy, {service_of("probe", "probe.service"), root_service_of("probe", "probe.timer")})
            .empty());
}

TEST_CASE("a dynamic user needs allow_dynamic_user") {
  const auto parsed = unit::parse_unit("[Service]\nExecStart=/bin/true\nDynamicUser=yes\n", "probe.service");
  plan::InstallUnit unit = service_of("probe", "probe.service");
  unit.privileges = unit::analyze(parsed.unit, unit.unit).privileges;
  const SitePolicy forbidden = policy_of("run_as: {allow_dynamic_user: false}\nunits: {names: ['*']}\n");
  CHECK(refusals(forbidden, {unit}) == Lines{"probe.service:3 policy-run-as []: no policy line allows "
                                             "probe.service to have a dynamic user | add "
                                             "allow_dynamic_user: true to run_as, or to a grant for probe"});
  const SitePolicy allowed = policy_of("run_as: {allow_dynamic_user: true}\nunits: {names: ['*']}\n");
  CHECK(refusals(allowed, {unit}).empty());
}

TEST_CASE("DynamicUser= does not hide the user that User= names, for systemd would take an existing one") {
  const SitePolicy policy = policy_of("run_as: {allow_dynamic_user: true}\nunits: {names: ['*']}\n");
  const auto judged = [&](const char* name, const std::string& text) {
    plan::InstallUnit unit = service_of("probe", name);
    unit.privileges = unit::analyze(unit::parse_unit(text, name).unit, unit.unit).privileges;
    unit.privileges.bounding = {{}, line_of(unit, 5)};
    unit.privileges.bounding_stated = true;
    return refusals(policy, {unit});
  };
  CHECK(judged("probe.service", "[Service]\nExecStart=/bin/true\nDynamicUser=yes\nUser=admin\n") ==
        Lines{"probe.service:4 policy-run-as []: no policy line allows probe.service to run as admin | add "
              "admin to "
              "run_as.allow, or to a grant for probe"});
  CHECK(
      judged("root.service", "[Service]\nExecStart=/bin/true\nDynamicUser=yes\n") ==
      Lines{
          "root.service:3 policy-run-as []: no policy line allows root.service to run as root | add root to "
          "run_as.allow, or to a grant for probe"});
}

TEST_CASE("each prefix of an Exec line needs a line of its own") {
  plan::InstallUnit unit = service_of("probe", "probe.service");
  for (const std::string prefix : {"@", "-", ":", "+", "!", "!!", "|"}) {
    unit.privileges.exec = {{"ExecStartPre", {prefix}, "/bin/true", {}, line_of(unit, 4)}};
    CHECK(refusals(policy_of(usual), {unit}) ==
          Lines{"probe.service:4 policy-exec-prefix []: no policy line allows the prefix " + prefix +
                " in ExecStartPre= of probe.service | add \"" + prefix +
                "\" to units.exec_prefixes, or to a grant for probe"});
    const SitePolicy allowed =
        policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], exec_prefixes: ['" + prefix + "']}\n");
    CHECK(refusals(allowed, {unit}).empty());
  }
}

TEST_CASE("a prefix that is allowed does not allow the one beside it") {
  plan::InstallUnit unit = service_of("probe", "probe.service");
  unit.privileges.exec = {{"ExecStart", {"-", "+"}, "/bin/true", {}, line_of(unit, 4)},
                          {"ExecStop", {"+"}, "/bin/true", {}, line_of(unit, 5)}};
  const SitePolicy policy =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], exec_prefixes: ['-', '!']}\n");
  CHECK(refusals(policy, {unit}) ==
        Lines{"probe.service:4 policy-exec-prefix []: no policy line allows the prefix + in ExecStart= of "
              "probe.service | add \"+\" to units.exec_prefixes, or to a grant for probe"});
}

TEST_CASE("a unit may refer to the add-on's own units only") {
  plan::InstallUnit service = service_of("probe", "probe.service");
  service.install.also = {{"probe.timer", line_of(service, 8)}, {"ssh.service", line_of(service, 9)}};
  service.install.alias = {{"dbus.service", line_of(service, 10)}};
  plan::InstallUnit timer = root_service_of("probe", "probe.timer");
  const SitePolicy policy = policy_of(usual);
  const Lines expected = {
      "probe.service:9 policy-unit-reference []: Also=ssh.service of probe.service reaches a unit that is "
      "not the "
      "add-on's own | remove Also=ssh.service",
      "probe.service:10 policy-unit-reference []: Alias=dbus.service of probe.service reaches a unit that is "
      "not "
      "the add-on's own | remove Alias=dbus.service"};
  CHECK(refusals(policy, {service, timer}) == expected);
  CHECK(refusals(policy, {timer, service}) == expected);
  timer.install.activates = {"ssh.service", line_of(timer, 3)};
  CHECK(refusals(policy, {timer}) == Lines{"probe.timer:3 policy-unit-reference []: Unit=ssh.service of "
                                           "probe.timer reaches a unit that is not "
                                           "the add-on's own | name a service of the add-on"});
}

TEST_CASE("another add-on's unit is not the add-on's own, though it is in the plan") {
  plan::InstallUnit service = service_of("probe", "probe.service");
  service.install.also = {{"scan.service", line_of(service, 8)}};
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
