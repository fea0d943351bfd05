// Drop-ins of the host that addonctl did not put there: the plan shows, and policy judges, the unit with
// them.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
const std::string kPath = "/etc/systemd/system/probe.service.d/10-more.conf";

host::HostState host_with(const bundle::Bundle& bundle, const std::string& text) {
  host::HostState host = empty_host({bundle});
  host.units.at(unit_name("probe.service")).drop_ins = {{kPath, text}};
  return host;
}

const InstallUnit& installed_unit_of(const Compiled& compiled) {
  for (const Step& step : compiled.plan.steps) {
    if (const auto* install = std::get_if<InstallUnit>(&step.action)) return *install;
  }
  FAIL("no unit is installed");
  throw 0;
}

Compiled plan_with(const std::string& text) {
  const auto probe = make_bundle(probe_files());
  return plan_for(apply({probe}), Generation{}, host_with(probe, text));
}
}  // namespace

TEST_CASE("a step shows what its unit has by the host's drop-ins, each at the drop-in's line") {
  const Compiled compiled =
      plan_with("[Service]\nUser=root\nAmbientCapabilities=CAP_SYS_ADMIN\nExecStartPre=+/bin/sh -c true\n");
  const InstallUnit& unit = installed_unit_of(compiled);
  CHECK(unit.drop_ins == Lines{kPath});
  CHECK(unit.privileges.runs_as_root());
  CHECK(to_string(unit.privileges.user.at) == kPath + ":2:1");
  CHECK(to_string(unit.privileges.ambient.at) == kPath + ":3:1");
  REQUIRE(unit.privileges.exec.size() == 2);
  CHECK(to_string(unit.privileges.exec[1].at) == kPath + ":4:1");
  CHECK(unit.directives.back().key == "ExecStartPre");
  CHECK(to_json(Step{unit, {}}).at("drop_ins") == Json{kPath});
}

TEST_CASE("a drop-in that makes capabilities void is found before anything changes") {
  const auto findings = plan_with("[Service]\nNoNewPrivileges=yes\n").findings;
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == &rules::capability_no_new_privileges);
  CHECK(to_string(findings[0].at) == kPath + ":2:1");
}

TEST_CASE("a drop-in that widens nothing is no finding") {
  const Compiled compiled = plan_with("[Service]\nNice=5\nTimeoutStopSec=10\n[Unit]\nAfter=ssh.service\n");
  CHECK(messages(compiled.findings) == Lines{});
  CHECK(installed_unit_of(compiled).drop_ins.size() == 1);
}

TEST_CASE("what cannot be understood in a drop-in, and a unit that it breaks, are errors") {
  for (const std::string line : {"ProtectHome=perhaps", "User=%H"}) {
    const auto findings = plan_with("[Service]\n" + line + "\n").findings;
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::error);
    CHECK(to_string(findings[0].at) == kPath + ":2:1");
  }
  const auto broken = plan_with("[Service]\nExecStart=\n").findings;
  REQUIRE(broken.size() == 1);
  CHECK(broken[0].severity == Severity::error);
}

TEST_CASE("a plan is bound to the drop-ins that it was made with") {
  const auto probe = make_bundle(probe_files());
  const auto digest = [&](const host::HostState& host) {
    return plan_for(apply({probe}), Generation{}, host).plan.host;
  };
  const auto without = digest(empty_host({probe}));
  const auto one = digest(host_with(probe, "[Service]\nNice=5\n"));
  CHECK(one != without);
  CHECK(digest(host_with(probe, "[Service]\nNice=6\n")) != one);
  CHECK(digest(host_with(probe, "[Service]\nNice=5\n")) == one);
}

TEST_CASE("a unit that stays as it is shows its drop-ins, too, when it gets a new program") {
  const auto first = make_bundle(probe_files());
  const auto second = make_bundle(probe_files("2.0.0"));
  host::HostState host = empty_host({});
  install(host, first);
  host.units.at(unit_name("probe.service")).drop_ins = {{kPath, "[Service]\nUser=root\n"}};
  const Compiled compiled = plan_for(apply({second}), generation_of({first}), host);
  for (const Step& step : compiled.plan.steps) {
    const auto* change = std::get_if<SwitchCurrent>(&step.action);
    if (change == nullptr) continue;
    REQUIRE(change->terms->standing_units.size() == 1);
    CHECK(change->terms->standing_units[0].privileges.runs_as_root());
    return;
  }
  FAIL("current is not switched");
}
