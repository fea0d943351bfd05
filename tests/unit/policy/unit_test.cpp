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
  const auto parsed = unit::parse_unit(
      "[Service]\nExecStart=/opt/addons/probe/current/probe\nDynamicUser=yes\n", "probe.service");
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
  CHECK(judged("probe.service",
               "[Service]\nExecStart=/opt/addons/probe/current/probe\nDynamicUser=yes\nUser=admin\n") ==
        Lines{"probe.service:4 policy-run-as []: no policy line allows probe.service to run as admin | add "
              "admin to "
              "run_as.allow, or to a grant for probe"});
  CHECK(
      judged("root.service", "[Service]\nExecStart=/opt/addons/probe/current/probe\nDynamicUser=yes\n") ==
      Lines{
          "root.service:3 policy-run-as []: no policy line allows root.service to run as root | add root to "
          "run_as.allow, or to a grant for probe"});
}

TEST_CASE("each prefix of an Exec line needs a line of its own") {
  plan::InstallUnit unit = service_of("probe", "probe.service");
  for (const std::string prefix : {"@", "-", ":", "+", "!", "!!", "|"}) {
    unit.privileges.exec = {{"ExecStartPre", {prefix}, own_program, {}, line_of(unit, 4)}};
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
  unit.privileges.exec = {{"ExecStart", {"-", "+"}, own_program, {}, line_of(unit, 4)},
                          {"ExecStop", {"+"}, own_program, {}, line_of(unit, 5)}};
  const SitePolicy policy =
      policy_of("run_as: {allow: [probe]}\nunits: {names: ['*'], exec_prefixes: ['-', '!']}\n");
  CHECK(refusals(policy, {unit}) ==
        Lines{"probe.service:4 policy-exec-prefix []: no policy line allows the prefix + in ExecStart= of "
              "probe.service | add \"+\" to units.exec_prefixes, or to a grant for probe"});
}

TEST_CASE("a group needs a line of the users, whether it is the first or a further one") {
  const plan::InstallUnit unit =
      unit_from("probe", "probe.service",
                "[Service]\nUser=probe\nGroup=docker\nSupplementaryGroups=disk probe\nExecStart=" +
                    std::string(own_program) + "\n");
  CHECK(refusals(policy_of(usual), {unit}) ==
        Lines{"probe.service:3 policy-run-as []: no policy line allows probe.service to run with the group "
              "docker | add docker to run_as.allow, or to a grant for probe",
              "probe.service:4 policy-run-as []: no policy line allows probe.service to run with the group "
              "disk | add disk to run_as.allow, or to a grant for probe"});
  const SitePolicy allowed = policy_of("run_as: {allow: [probe, docker, disk]}\nunits: {names: ['*']}\n");
  CHECK(decisions(allowed, {unit}) == Lines{"unit name probe.service at addon.yaml:12 by policy.yaml:3",
                                            "user probe at probe.service:2 by policy.yaml:2",
                                            "group docker at probe.service:3 by policy.yaml:2",
                                            "group disk at probe.service:4 by policy.yaml:2",
                                            "group probe at probe.service:4 by policy.yaml:2"});
}

TEST_CASE("root's group is root's, by number as by name") {
  for (const std::string group : {"root", "0"}) {
    const plan::InstallUnit unit =
        unit_from("probe", "probe.service",
                  "[Service]\nUser=probe\nGroup=" + group + "\nExecStart=" + std::string(own_program) + "\n");
    CHECK(refusals(policy_of(usual), {unit}) ==
          Lines{"probe.service:3 policy-run-as []: no policy line allows probe.service to run with the group "
                "root | add root to run_as.allow, or to a grant for probe"});
  }
}

TEST_CASE("the group that systemd makes with a dynamic user needs no line, another one does") {
  const SitePolicy policy = policy_of("run_as: {allow_dynamic_user: true}\nunits: {names: ['*']}\n");
  const std::string text = "[Service]\nDynamicUser=yes\nExecStart=" + std::string(own_program) + "\n";
  CHECK(refusals(policy, {unit_from("probe", "probe.service", text)}).empty());
  CHECK(refusals(policy, {unit_from("probe", "probe.service", text + "Group=disk\n")}) ==
        Lines{"probe.service:4 policy-run-as []: no policy line allows probe.service to run with the group "
              "disk | add disk to run_as.allow, or to a grant for probe"});
}

TEST_CASE("a user and a group of one name are refused once") {
  const plan::InstallUnit unit =
      unit_from("probe", "probe.service",
                "[Service]\nUser=admin\nGroup=admin\nExecStart=" + std::string(own_program) + "\n");
  CHECK(refusals(policy_of(usual), {unit}).size() == 1);
}
