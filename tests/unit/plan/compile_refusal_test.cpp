// What cannot be compiled into a plan that may be run, and why.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

TEST_CASE("the recorded version with other content is refused") {
  const auto installed = make_bundle(probe_files());
  Files files = probe_files();
  SECTION("program") { files.at("probe") = "another program"; }
  SECTION("one file more") { files["more"] = "x"; }
  SECTION("manifest") { files.at("addon.yaml") += "x-note: changed\n"; }
  const auto other = make_bundle(files);
  host::HostState host = empty_host({});
  install(host, installed);
  const Compiled compiled = plan_for(apply({other}), generation_of({installed}), host);
  REQUIRE(messages(compiled.findings) ==
          Lines{"version-content-changed: probe 1.0.0 is on the host already, with other content than this "
                "bundle has"});
  CHECK(compiled.findings[0].fix == "give the new content a new version");
  CHECK(to_string(compiled.findings[0].at) == "bundles/it/addon.yaml:3:10");
}

TEST_CASE("a version directory that no record speaks of is used if its bytes are right, else refused") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  add_version(host, probe);
  host::InstalledVersion& found = host.addons.at(id("probe")).inspected.at(version("1.0.0"));
  SECTION("intact") {
    const Compiled compiled = plan_for(apply({probe}), Generation{}, host);
    CHECK(messages(compiled.findings) == Lines{});
    CHECK(lines(compiled.plan).front() == "set-capabilities probe 1.0.0/probe: cap_net_raw=ep");
  }
  SECTION("another owner") {
    found.files[1].state.uid = 1000;
    const Compiled compiled = plan_for(apply({probe}), Generation{}, host);
    CHECK(messages(compiled.findings) == Lines{});
    CHECK(lines(compiled.plan).front() == "stage probe 1.0.0 (replaces)");
  }
  SECTION("other bytes") {
    found.files[1].sha256 = Digest::of("altered");
    const Compiled compiled = plan_for(apply({probe}), Generation{}, host);
    REQUIRE(messages(compiled.findings) ==
            Lines{"version-content-changed: probe 1.0.0 is on the host already, with other content than this "
                  "bundle has"});
    CHECK(compiled.findings[0].fix ==
          "give the new content a new version, or remove /opt/addons/probe/versions/1.0.0 if that is what "
          "was changed");
  }
}

TEST_CASE("a unit name that is somebody else's is refused") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  Generation generation;
  std::string message;
  std::string fix = "give the unit a name of its own";
  SECTION("in /etc") {
    host.units.at(unit_name("probe.service")) = installed_unit(make_release(probe).units.front(), "active");
    message = "/etc/systemd/system/probe.service, which addonctl did not install";
  }
  SECTION("in /usr/lib") {
    host.units.at(unit_name("probe.service")).elsewhere = {"/usr/lib/systemd/system/probe.service"};
    message = "/usr/lib/systemd/system/probe.service";
  }
  SECTION("another add-on's") {
    Files files = scan_files();
    files["probe.service"] = files.at("scan.service");
    const auto scan = make_bundle(files);
    install(host, scan);
    generation = generation_of({scan});
    message = "add-on scan";
    fix = "give the unit a name of its own, or remove scan first";
  }
  const Compiled compiled = plan_for(apply({probe}), generation, host);
  REQUIRE(messages(compiled.findings) ==
          Lines{"host-unit-foreign: unit name probe.service belongs to " + message});
  CHECK(compiled.findings[0].fix == fix);
  CHECK(compiled.findings[0].addon == "probe");
}

TEST_CASE("a unit name does not move between add-ons in one run, also when its owner goes") {
  Files files = scan_files();
  files["probe.service"] = files.at("scan.service");
  const auto scan = make_bundle(files);
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  install(host, scan);
  Wish wish = apply({probe});
  wish.unwanted.insert(id("scan"));
  CHECK(messages(plan_for(wish, generation_of({scan}), host).findings) ==
        Lines{"host-unit-foreign: unit name probe.service belongs to add-on scan"});
}

TEST_CASE("two add-ons of one run may not bring the same unit") {
  Files files = scan_files();
  files["probe.service"] = files.at("scan.service");
  const auto scan = make_bundle(files);
  const auto probe = make_bundle(probe_files());
  CHECK(messages(plan_for(apply({probe, scan}), Generation{}, empty_host({probe, scan})).findings) ==
        Lines{"host-unit-foreign: unit name probe.service is also brought by add-on probe"});
}

TEST_CASE("a tree that was tampered with is refused, by each verb") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({});
  install(host, probe);
  host.addons.at(id("probe")).tampered = {"/opt/addons/probe/current points at \"/etc\""};
  const Generation generation = generation_of({probe});
  for (const Wish& wish : {apply({probe}), repair(generation, {probe}), removal({"probe"})}) {
    const Compiled compiled = plan_for(wish, generation, host);
    REQUIRE(messages(compiled.findings) ==
            Lines{"host-tampered: /opt/addons/probe/current points at \"/etc\""});
    CHECK(compiled.findings[0].fix ==
          "find out who changed it, then put it right or remove /opt/addons/probe");
  }
}

TEST_CASE("nobody is told to remove an add-on for what is wrong above it") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  host.addons[id("probe")].tampered = {"/opt/addons can be written by others (mode 0777)"};
  const Compiled compiled = plan_for(apply({probe}), Generation{}, host);
  REQUIRE(messages(compiled.findings) ==
          Lines{"host-tampered: /opt/addons can be written by others (mode 0777)"});
  CHECK(compiled.findings[0].fix == "find out who changed it, then put it right");
}

TEST_CASE("a user that does not exist is one finding, however often it is named") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  host.users.at("probe").reset();
  const Compiled compiled = plan_for(apply({probe}), Generation{}, host);
  REQUIRE(messages(compiled.findings) ==
          Lines{"host-user-unknown: user \"probe\" does not exist on this host"});
  CHECK(compiled.findings[0].fix == "create it first, e.g. useradd --system --no-create-home probe");
}

TEST_CASE("a number is a user that nobody has to know") {
  Files files = scan_files();
  files.at("scan.service").replace(files.at("scan.service").find("User=probe"), 10, "User=65534");
  const auto scan = make_bundle(files);
  host::HostState host = empty_host({scan});
  host.users["65534"] = std::nullopt;
  CHECK(messages(plan_for(apply({scan}), Generation{}, host).findings) == Lines{});
}

TEST_CASE(
    "a capability that the running kernel does not know is refused; another root's kernel is not asked") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  host.platform.known_capabilities.erase(*Capability::from_name("cap_net_raw"));
  CHECK(messages(plan_for(apply({probe}), Generation{}, host).findings) ==
        Lines{"host-capability-unknown: the running kernel does not know cap_net_raw"});
  host.live = false;
  CHECK(messages(plan_for(apply({probe}), Generation{}, host).findings) == Lines{});
}

TEST_CASE("a nosuid mount is refused for add-ons with capabilities only") {
  const auto probe = make_bundle(probe_files());
  const auto scan = make_bundle(scan_files());
  host::HostState host = empty_host({probe, scan});
  host.platform.nosuid = true;
  CHECK(messages(plan_for(apply({probe}), Generation{}, host).findings) ==
        Lines{"host-nosuid: /opt/addons is mounted nosuid, so file capabilities have no effect there"});
  CHECK(messages(plan_for(apply({scan}), Generation{}, host).findings) == Lines{});
}

TEST_CASE("a model that cannot run here is said to be so, never counted as applied") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  host.live = true;
  host.platform.has_systemd = false;
  const Compiled compiled = plan_for(apply({probe}), Generation{}, host);
  CHECK(messages(compiled.findings) ==
        Lines{"host-model-unsupported: systemd does not run on this host, so nothing here can be "
              "systemd-service"});
  CHECK(compiled.plan.steps.empty());
  CHECK(compiled.plan.summary.unsupported == 1);
  CHECK_FALSE(compiled.plan.summary.has_changes());
}
