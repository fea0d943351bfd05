// Which steps, in which order, take a host from one set of add-ons to another.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
// Whatever is compiled here can be run.
Plan good(const Wish& wish, const Generation& generation, const host::HostState& host) {
  Compiled compiled = plan_for(wish, generation, host);
  CHECK(messages(compiled.findings) == Lines{});
  return std::move(compiled.plan);
}

ChangeKind change_of(const Plan& plan, const char* addon) { return plan.changes.at(id(addon)).kind; }
}  // namespace

TEST_CASE("a first installation stages, grants, installs, switches, enables, reloads, starts and checks") {
  const auto probe = make_bundle(probe_files());
  const Plan plan = good(apply({probe}), Generation{}, empty_host({probe}));
  CHECK(lines(plan) == Lines{"stage probe 1.0.0", "set-capabilities probe 1.0.0/probe: cap_net_raw=ep",
                             "install-unit probe probe.service", "switch-current probe none -> 1.0.0",
                             "enable-unit probe probe.service: multi-user.target.wants/probe.service",
                             "reload probe.service", "start-unit probe probe.service",
                             "check-health probe probe.service"});
  CHECK(change_of(plan, "probe") == ChangeKind::add);
  CHECK(plan.summary.add == 1);
  CHECK(plan.result.contains(id("probe")));
  CHECK(plan.generation == 0);
}

TEST_CASE("the phases of several add-ons are done together, with one reload") {
  const auto probe = make_bundle(probe_files());
  const auto scan = make_bundle(scan_files());
  const Plan plan = good(apply({probe, scan}), Generation{}, empty_host({probe, scan}));
  CHECK(lines(plan) == Lines{"stage probe 1.0.0", "stage scan 1.0.0",
                             "set-capabilities probe 1.0.0/probe: cap_net_raw=ep",
                             "install-unit probe probe.service", "install-unit scan scan.service",
                             "install-unit scan scan.timer", "switch-current probe none -> 1.0.0",
                             "switch-current scan none -> 1.0.0",
                             "enable-unit probe probe.service: multi-user.target.wants/probe.service",
                             "enable-unit scan scan.timer: timers.target.wants/scan.timer",
                             "reload probe.service scan.service scan.timer", "start-unit probe probe.service",
                             "start-unit scan scan.timer", "check-health probe probe.service",
                             "check-health scan scan.timer"});
}

TEST_CASE("what is as wanted needs no step") {
  const auto probe = make_bundle(probe_files());
  const auto scan = make_bundle(scan_files());
  host::HostState host = empty_host({});
  install(host, probe);
  install(host, scan);
  const Plan plan = good(apply({probe, scan}), generation_of({probe, scan}), host);
  CHECK(lines(plan) == Lines{});
  CHECK(plan.summary.unchanged == 2);
  CHECK_FALSE(plan.summary.has_changes());
}

TEST_CASE("an upgrade restarts, and takes the old version's capabilities last") {
  const auto old = make_bundle(probe_files("1.0.0"));
  const auto fresh = make_bundle(probe_files("1.1.0"));
  host::HostState host = empty_host({});
  install(host, old);
  const Plan plan = good(apply({fresh}), generation_of({old}), host);
  CHECK(lines(plan) == Lines{"stage probe 1.1.0", "set-capabilities probe 1.1.0/probe: cap_net_raw=ep",
                             "switch-current probe 1.0.0 -> 1.1.0", "restart-unit probe probe.service",
                             "check-health probe probe.service", "set-capabilities probe 1.0.0/probe: none"});
  CHECK(change_of(plan, "probe") == ChangeKind::update);
  CHECK(plan.result.at(id("probe")).version.str() == "1.1.0");
}

TEST_CASE("units that are no longer shipped are stopped, disabled and removed, timers first") {
  const auto old = make_bundle(scan_files("1.0.0"));
  Files files = scan_files("2.0.0");
  files["sweep.service"] = files.at("scan.service");
  files["sweep.timer"] = files.at("scan.timer");
  files.erase("scan.service");
  files.erase("scan.timer");
  const auto fresh = make_bundle(files);
  host::HostState host = empty_host({fresh});
  install(host, old);
  host.units.at(unit_name("scan.service")).status->active_state = "activating";
  const Plan plan = good(apply({fresh}), generation_of({old}), host);
  CHECK(lines(plan) == Lines{"stage scan 2.0.0", "stop-unit scan scan.timer",
                             "disable-unit scan scan.timer: timers.target.wants/scan.timer",
                             "stop-unit scan scan.service", "remove-unit scan scan.timer",
                             "remove-unit scan scan.service", "install-unit scan sweep.service",
                             "install-unit scan sweep.timer", "switch-current scan 1.0.0 -> 2.0.0",
                             "enable-unit scan sweep.timer: timers.target.wants/sweep.timer",
                             "reload scan.service scan.timer sweep.service sweep.timer",
                             "start-unit scan sweep.timer", "check-health scan sweep.timer"});
}

TEST_CASE("a service that becomes a timer's is stopped and disabled by itself") {
  Files before = scan_files("1.0.0");
  before.erase("scan.timer");
  before.at("scan.service") += "[Install]\nWantedBy=multi-user.target\n";
  before.at("addon.yaml").replace(before.at("addon.yaml").find("systemd-timer"), 13, "systemd-service");
  const auto old = make_bundle(before);
  const auto fresh = make_bundle(scan_files("2.0.0"));
  host::HostState host = empty_host({fresh});
  install(host, old);
  const Plan plan = good(apply({fresh}), generation_of({old}), host);
  CHECK(lines(plan) == Lines{"stage scan 2.0.0", "stop-unit scan scan.service",
                             "disable-unit scan scan.service: multi-user.target.wants/scan.service",
                             "install-unit scan scan.service", "install-unit scan scan.timer",
                             "switch-current scan 1.0.0 -> 2.0.0",
                             "enable-unit scan scan.timer: timers.target.wants/scan.timer",
                             "reload scan.service scan.timer", "start-unit scan scan.timer",
                             "check-health scan scan.timer"});
}

TEST_CASE("a new [Install] section makes and removes exactly the links that differ") {
  Files before = probe_files("1.0.0");
  before.at("probe.service") += "WantedBy=graphical.target\n";
  Files after = probe_files("1.1.0");
  after.at("probe.service") += "WantedBy=network.target\n";
  const auto old = make_bundle(before);
  const auto fresh = make_bundle(after);
  host::HostState host = empty_host({});
  install(host, old);
  const auto steps = lines(good(apply({fresh}), generation_of({old}), host));
  CHECK_THAT(steps, Catch::VectorContains(std::string("disable-unit probe probe.service: "
                                                      "graphical.target.wants/probe.service")));
  CHECK_THAT(steps, Catch::VectorContains(std::string("enable-unit probe probe.service: "
                                                      "network.target.wants/probe.service")));
}

TEST_CASE("a removal stops, disables, removes the units and the link, and takes the capabilities") {
  const auto probe = make_bundle(probe_files());
  const auto scan = make_bundle(scan_files());
  host::HostState host = empty_host({});
  install(host, probe);
  install(host, scan);
  const Plan plan = good(removal({"probe"}), generation_of({probe, scan}), host);
  CHECK(lines(plan) == Lines{"stop-unit probe probe.service",
                             "disable-unit probe probe.service: multi-user.target.wants/probe.service",
                             "remove-unit probe probe.service", "switch-current probe 1.0.0 -> none",
                             "reload probe.service", "set-capabilities probe 1.0.0/probe: none"});
  CHECK(plan.summary.remove == 1);
  CHECK_FALSE(plan.result.contains(id("probe")));
  CHECK(plan.result.contains(id("scan")));
}

TEST_CASE("removing what is not there, or only in part, does what is left to do") {
  const auto probe = make_bundle(probe_files());
  const host::HostState bare = empty_host({probe});
  CHECK(lines(good(removal({"probe"}), Generation{}, bare)) == Lines{});
  const Plan plan = good(removal({"probe"}), generation_of({probe}), bare);
  CHECK(lines(plan) == Lines{});
  CHECK(plan.summary.remove == 1);
}

TEST_CASE("pruning removes what is recorded and not wanted; without it others are left alone") {
  const auto probe = make_bundle(probe_files());
  const auto scan = make_bundle(scan_files());
  host::HostState host = empty_host({});
  install(host, probe);
  install(host, scan);
  Wish wish = apply({probe});
  const Generation generation = generation_of({probe, scan});
  CHECK(lines(good(wish, generation, host)) == Lines{});
  wish.prune = true;
  const Plan plan = good(wish, generation, host);
  CHECK(lines(plan) == Lines{"stop-unit scan scan.timer",
                             "disable-unit scan scan.timer: timers.target.wants/scan.timer",
                             "remove-unit scan scan.timer", "remove-unit scan scan.service",
                             "switch-current scan 1.0.0 -> none", "reload scan.service scan.timer"});
  CHECK(plan.result.size() == 1);
}

TEST_CASE("a rollback activates an installed version: nothing is staged") {
  const auto old = make_bundle(probe_files("1.0.0"), "");
  const auto present = make_bundle(probe_files("1.1.0"));
  host::HostState host = empty_host({});
  install(host, present);
  add_version(host, old);
  const Plan plan = good(apply({old}), generation_of({present}), host);
  CHECK(lines(plan) == Lines{"set-capabilities probe 1.0.0/probe: cap_net_raw=ep",
                             "switch-current probe 1.1.0 -> 1.0.0", "restart-unit probe probe.service",
                             "check-health probe probe.service", "set-capabilities probe 1.1.0/probe: none"});
  CHECK(plan.inputs.empty());
}

TEST_CASE("a timer is not restarted because its service or program changed") {
  const auto old = make_bundle(scan_files("1.0.0"));
  Files files = scan_files("1.1.0");
  files.at("scan.service") += "Nice=5\n";
  const auto fresh = make_bundle(files);
  host::HostState host = empty_host({});
  install(host, old);
  CHECK(lines(good(apply({fresh}), generation_of({old}), host)) ==
        Lines{"stage scan 1.1.0", "install-unit scan scan.service", "switch-current scan 1.0.0 -> 1.1.0",
              "reload scan.service"});
}

TEST_CASE("a timer whose own text changed is restarted") {
  const auto old = make_bundle(scan_files("1.0.0"));
  Files files = scan_files("1.1.0");
  files.at("scan.timer").insert(8, "Persistent=yes\n");
  const auto fresh = make_bundle(files);
  host::HostState host = empty_host({});
  install(host, old);
  const auto steps = lines(good(apply({fresh}), generation_of({old}), host));
  CHECK_THAT(steps, Catch::VectorContains(std::string("restart-unit scan scan.timer")));
}

TEST_CASE("a oneshot service that has done its work, or is at it, is as wanted") {
  Files files = probe_files();
  files.at("probe.service").insert(10, "Type=oneshot\n");
  const auto probe = make_bundle(files);
  host::HostState host = empty_host({});
  install(host, probe);
  host::UnitStatus& status = *host.units.at(unit_name("probe.service")).status;
  status.type = "oneshot";
  status.active_state = GENERATE("inactive", "activating", "active");
  CHECK(lines(good(apply({probe}), generation_of({probe}), host)) == Lines{});
}

TEST_CASE("a oneshot service that failed is started again") {
  Files files = probe_files();
  files.at("probe.service").insert(10, "Type=oneshot\n");
  const auto probe = make_bundle(files);
  host::HostState host = empty_host({});
  install(host, probe);
  host::UnitStatus& status = *host.units.at(unit_name("probe.service")).status;
  status.type = "oneshot";
  status.active_state = "failed";
  status.result = "exit-code";
  CHECK(lines(good(apply({probe}), generation_of({probe}), host)) ==
        Lines{"start-unit probe probe.service", "check-health probe probe.service"});
}

TEST_CASE("a service on its way up is restarted by an upgrade: starting it would keep the old program") {
  const auto old = make_bundle(probe_files("1.0.0"));
  const auto fresh = make_bundle(probe_files("1.1.0"));
  host::HostState host = empty_host({});
  install(host, old);
  host.units.at(unit_name("probe.service")).status->active_state = "activating";
  const Plan plan = good(apply({fresh}), generation_of({old}), host);
  const auto steps = lines(plan);
  CHECK_THAT(steps, Catch::VectorContains(std::string("restart-unit probe probe.service")));
}

TEST_CASE("on a host that does not run, nothing is reloaded, started, stopped or checked") {
  const auto old = make_bundle(scan_files("1.0.0"));
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  install(host, old);
  host.live = false;
  for (auto& [name, state] : host.units) state.status.reset();
  Wish wish = apply({probe});
  wish.prune = true;
  CHECK(lines(good(wish, generation_of({old}), host)) ==
        Lines{"stage probe 1.0.0", "set-capabilities probe 1.0.0/probe: cap_net_raw=ep",
              "disable-unit scan scan.timer: timers.target.wants/scan.timer", "remove-unit scan scan.timer",
              "remove-unit scan scan.service", "install-unit probe probe.service",
              "switch-current scan 1.0.0 -> none", "switch-current probe none -> 1.0.0",
              "enable-unit probe probe.service: multi-user.target.wants/probe.service"});
}

TEST_CASE("the capabilities of any version that current pointed at are taken, recorded or not") {
  const auto stray = make_bundle(probe_files("0.9.0"));
  const auto recorded = make_bundle(probe_files("1.0.0"));
  host::HostState host = empty_host({});
  install(host, recorded);
  install(host, stray);
  const auto steps = lines(good(apply({recorded}), generation_of({recorded}), host));
  CHECK(steps == Lines{"switch-current probe 0.9.0 -> 1.0.0", "restart-unit probe probe.service",
                       "check-health probe probe.service", "set-capabilities probe 0.9.0/probe: none"});
}

TEST_CASE("each granted capability says where the manifest asks for it") {
  const auto probe = make_bundle(probe_files());
  const Plan plan = good(apply({probe}), Generation{}, empty_host({probe}));
  const auto& grant = std::get<SetCapabilities>(plan.steps.at(1).action);
  REQUIRE(grant.asked.size() == 1);
  CHECK(grant.asked[0].what == "cap_net_raw");
  CHECK(to_string(grant.asked[0].at) == "bundles/it/addon.yaml:13:21");
  CHECK(grant.asked[0].pointer == "/requires/os_capabilities/0");
  const auto& current = std::get<SwitchCurrent>(plan.steps.at(3).action);
  REQUIRE(current.terms);
  CHECK(current.terms->run_as.what == "probe");
  CHECK(current.terms->supervision.what == "systemd-service");
}

TEST_CASE("a unit that is on the host already is judged with the version that it will run") {
  const auto first = make_bundle(probe_files());
  host::HostState host = empty_host({});
  install(host, first);
  const auto second = make_bundle(probe_files("2.0.0"));
  const Plan plan = good(apply({second}), generation_of({first}), host);
  std::vector<std::string> standing;
  for (const Step& step : plan.steps) {
    CHECK_FALSE(std::holds_alternative<InstallUnit>(step.action));
    const auto* change = std::get_if<SwitchCurrent>(&step.action);
    if (change == nullptr) continue;
    REQUIRE(change->terms);
    for (const InstallUnit& unit : change->terms->standing_units) {
      standing.push_back(unit.unit.str());
      CHECK(unit.privileges.user.value == "probe");
    }
    CHECK(to_json(step).at("standing_units").at(0).at("privileges").at("User") == "probe");
  }
  CHECK(standing == Lines{"probe.service"});
}

TEST_CASE("units that the primary's Also= names are enabled with it, and no step forgets their links") {
  Files files = probe_files();
  files.at("probe.service") += "Also=helper.service\n";
  files["helper.service"] =
      "[Service]\nUser=probe\nExecStart=/usr/bin/true\n[Install]\nWantedBy=timers.target\n"
      "Also=probe.service\n";
  std::string& manifest = files.at("addon.yaml");
  manifest += "systemd: {primary: probe.service}\n";
  const auto probe = make_bundle(files);
  const Plan plan = good(apply({probe}), Generation{}, empty_host({probe}));
  std::vector<std::string> enabled;
  for (const std::string& line : lines(plan)) {
    if (line.starts_with("enable-unit")) enabled.push_back(line);
  }
  CHECK(enabled == Lines{"enable-unit probe probe.service: multi-user.target.wants/probe.service "
                         "timers.target.wants/helper.service"});
}
