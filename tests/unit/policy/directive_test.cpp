#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "policy/directives.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

plan::InstallUnit service_with(const std::string& lines) {
  return unit_from("probe", "probe.service",
                   "[Service]\nUser=probe\nExecStart=" + std::string(own_program) + "\n" + lines);
}

SitePolicy policy_with(const std::string& units) {
  return policy_of("run_as: {allow: [probe]}\nunits:\n  names: ['*']\n  " + units + "\n");
}

std::string forbidden(const std::string& at, const std::string& directive, const std::string& unit) {
  return at + " policy-unit-forbidden [policy.yaml:5]: policy.yaml:5 forbids " + directive +
         "= in units, and " + unit + " has it | remove " + directive +
         "=: no allow and no grant outweighs units.forbid";
}

std::string required(const std::string& at, const std::string& wanted, const std::string& has) {
  const std::string name = wanted.substr(0, wanted.find('='));
  return at + " policy-unit-required [policy.yaml:5]: policy.yaml:5 requires " + wanted +
         " of units, and probe.service " + has + " | set " + name + "= to " +
         wanted.substr(wanted.find('=') + 1) + " in probe.service";
}

}  // namespace

TEST_CASE("a forbidden directive is refused with any value, in any section, in services and timers") {
  const SitePolicy policy = policy_with("forbid: [BindPaths, Documentation]");
  CHECK(refusals(policy, {service_with("BindPaths=/a\n")}) ==
        Lines{forbidden("probe.service:4", "BindPaths", "probe.service")});
  CHECK(refusals(policy, {service_with("BindPaths=\n")}) ==
        Lines{forbidden("probe.service:4", "BindPaths", "probe.service")});
  CHECK(refusals(policy, {service_with("[Install]\nBindPaths=x\n")}) ==
        Lines{forbidden("probe.service:5", "BindPaths", "probe.service")});
  CHECK(refusals(policy,
                 {service_with(""), unit_from("probe", "probe.timer",
                                              "[Unit]\nDocumentation=man:x(1)\n[Timer]\nOnBootSec=1\n")}) ==
        Lines{forbidden("probe.timer:2", "Documentation", "probe.timer")});
  CHECK(refusals(policy, {service_with("BindReadOnlyPaths=/opt/addons/probe/current/a\n")}).empty());
}

TEST_CASE("an old name of a directive is forbidden with the new one") {
  CHECK(refusals(policy_with("forbid: [ReadWritePaths]"), {service_with("ReadWriteDirectories=/\n")}) ==
        Lines{forbidden("probe.service:4", "ReadWriteDirectories", "probe.service")});
}

TEST_CASE("no grant gives back what is forbidden, and an expired one still forbids") {
  const SitePolicy policy = policy_of(
      "run_as: {allow: [probe]}\nunits: {names: ['*']}\ngrants:\n"
      "  - {name: g, match: {id: [probe]}, units: {forbid: [BindPaths]}, expires: 2020-01-01}\n");
  const Lines found = refusals(policy, {service_with("BindPaths=/a\n")});
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("policy.yaml:5 (grant g) forbids BindPaths=") != std::string::npos);
}

TEST_CASE("a forbidden reference is refused once") {
  const SitePolicy policy = policy_with("forbid: [Alias, Wants]");
  CHECK(refusals(policy, {service_with("[Install]\nAlias=x.service\n[Unit]\nWants=ssh.service\n")}).size() ==
        2);
}

TEST_CASE("a service must end with a required value, and to say nothing is not to have it") {
  const SitePolicy policy = policy_with("require: {ProtectSystem: [strict, full]}");
  CHECK(refusals(policy, {service_with("ProtectSystem=full\n")}).empty());
  CHECK(refusals(policy, {service_with("ProtectSystem=no\nProtectSystem=strict\n")}).empty());
  CHECK(refusals(policy, {service_with("")}) ==
        Lines{required("probe.service:0", "ProtectSystem=strict or full", "does not have it")});
  CHECK(refusals(policy, {service_with("ProtectSystem=strict\nProtectSystem=yes\n")}) ==
        Lines{required("probe.service:5", "ProtectSystem=strict or full", "has ProtectSystem=yes")});
  CHECK(refusals(policy, {service_with("ProtectSystem=strict\nProtectSystem=\n")}) ==
        Lines{required("probe.service:5", "ProtectSystem=strict or full", "has ProtectSystem=")});
}

TEST_CASE("a value in a section where systemd does not read it does not count") {
  CHECK(refusals(policy_with("require: {ProtectSystem: [strict]}"),
                 {service_with("[Unit]\nProtectSystem=strict\n")}) ==
        Lines{required("probe.service:0", "ProtectSystem=strict", "does not have it")});
}

TEST_CASE("booleans are the same in every spelling, other values only as written") {
  const SitePolicy policy = policy_with("require: {NoNewPrivileges: [yes]}");
  for (const std::string yes : {"yes", "true", "1", "on", "YES"}) {
    CHECK(refusals(policy, {service_with("NoNewPrivileges=" + yes + "\n")}).empty());
  }
  CHECK(refusals(policy, {service_with("NoNewPrivileges=no\n")}).size() == 1);
  CHECK(refusals(policy, {service_with("NoNewPrivileges=maybe\n")}).size() == 1);
  CHECK(refusals(policy_with("require: {TasksMax: ['1']}"), {service_with("TasksMax=yes\n")}).size() == 1);
}

TEST_CASE("of assignments that add up each must do, back to the last empty one") {
  const SitePolicy policy = policy_with("require: {RestrictAddressFamilies: [AF_UNIX]}");
  CHECK(refusals(policy,
                 {service_with("RestrictAddressFamilies=AF_INET\nRestrictAddressFamilies=AF_UNIX\n")}) ==
        Lines{required("probe.service:4", "RestrictAddressFamilies=AF_UNIX",
                       "has RestrictAddressFamilies=AF_INET")});
  CHECK(refusals(policy, {service_with("RestrictAddressFamilies=AF_INET\nRestrictAddressFamilies=\n"
                                       "RestrictAddressFamilies=AF_UNIX\n")})
            .empty());
}

TEST_CASE("a timer needs nothing of [Service], but what [Unit] or [Timer] must have") {
  const plan::InstallUnit timer = unit_from("probe", "probe.timer", "[Timer]\nOnBootSec=1\n");
  const auto found = [&](const std::string& require) {
    return refusals(policy_with("require: {" + require + "}"), {service_of("probe", "probe.service"), timer});
  };
  const Lines of_service = found("ProtectSystem: [strict]");
  REQUIRE(of_service.size() == 1);
  CHECK(of_service[0].find("probe.service") == 0);
  CHECK(found("Documentation: ['man:probe(8)']").size() == 2);
  const Lines of_timer = found("Persistent: [yes]");
  REQUIRE(of_timer.size() == 1);
  CHECK(of_timer[0].find("probe.timer:0") == 0);
}

TEST_CASE("requirements of several scopes must all be met") {
  const SitePolicy policy = policy_of(
      "run_as: {allow: [probe]}\nunits: {names: ['*'], require: {ProtectSystem: [strict, full]}}\ngrants:\n"
      "  - {name: g, match: {id: [probe]}, units: {require: {ProtectSystem: [strict]}}}\n");
  CHECK(refusals(policy, {service_with("ProtectSystem=strict\n")}).empty());
  CHECK(refusals(policy, {service_with("ProtectSystem=full\n")}).size() == 1);
  CHECK(refusals(policy, {service_with("ProtectSystem=no\n")}).size() == 2);
}

TEST_CASE("a misspelt directive is an error, one that is like no other a warning") {
  CHECK(
      parse_findings({{"p.yaml",
                       "policy: x\n"
                       "units:\n"
                       "  forbid: [BindPath, Aliass, Zyxwvut]\n"
                       "  require: {NoNewPriviliges: [yes]}\n"}}) ==
      Lines{"p.yaml:3:12 error policy-invalid /units/forbid/0: neither a service nor a timer has a directive "
            "\"BindPath\" | did you mean BindPaths?",
            "p.yaml:3:22 error policy-invalid /units/forbid/1: neither a service nor a timer has a directive "
            "\"Aliass\" | did you mean Alias?",
            "p.yaml:3:30 warning policy-invalid /units/forbid/2: neither a service nor a timer has a "
            "directive \"Zyxwvut\" | remove it, unless a later systemd has it",
            "p.yaml:4:30 error policy-invalid /units/require/NoNewPriviliges: neither a service nor a timer "
            "has a directive \"NoNewPriviliges\" | did you mean NoNewPrivileges?"});
}

TEST_CASE("every directive is known by the section that systemd reads it in") {
  CHECK(belongs_to("Wants", "Unit"));
  CHECK(belongs_to("FailureAction", "Unit"));
  CHECK(belongs_to("FailureAction", "Service"));
  CHECK(belongs_to("OnCalendar", "Timer"));
  CHECK(belongs_to("Alias", "Install"));
  CHECK_FALSE(belongs_to("Alias", "Unit"));
  CHECK_FALSE(belongs_to("User", "Unit"));
  CHECK_FALSE(is_directive("Use"));
  CHECK_FALSE(is_directive("Alias Also"));
}
