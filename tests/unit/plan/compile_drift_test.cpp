// What repairs a host that is no longer as it was left.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
struct Drifted {
  bundle::Bundle bundle = make_bundle(probe_files());
  host::HostState host;
  Generation generation = generation_of({bundle});

  Drifted() : host(empty_host({})) { install(host, bundle); }

  host::InstalledVersion& version() {
    return host.addons.at(id("probe")).inspected.at(test::version("1.0.0"));
  }
  host::InstalledFile& file(const char* name) {
    for (host::InstalledFile& one : version().files) {
      if (one.path.str() == name) return one;
    }
    FAIL("no file " << name);
    return version().files.front();
  }
  host::UnitState& unit_state() { return host.units.at(unit_name("probe.service")); }

  Compiled with_bundle() const { return plan_for(apply({bundle}), generation, host); }
  Compiled without_bundle() const { return plan_for(repair(generation, {bundle}), generation, host); }
};

const Lines kRestage{"stage probe 1.0.0 (replaces)", "set-capabilities probe 1.0.0/probe: cap_net_raw=ep",
                     "restart-unit probe probe.service", "check-health probe probe.service"};
const Lines kAltered{"host-version-altered: versions/1.0.0 of probe is not what was installed on the host"};
}  // namespace

TEST_CASE("an altered version is staged anew from its bundle, and a finding without one") {
  Drifted drifted;
  SECTION("bytes") { drifted.file("probe.conf").sha256 = Digest::of("other bytes"); }
  SECTION("mode") { drifted.file("probe.conf").state.mode = 0664; }
  SECTION("set-id bit") { drifted.file("probe").state.mode = 04750; }
  SECTION("owner") { drifted.file("probe").state.uid = 1000; }
  SECTION("group") { drifted.file("probe").state.gid = 0; }
  SECTION("hard link") { drifted.file("probe").state.links = 2; }
  SECTION("missing file") { drifted.version().files.pop_back(); }
  SECTION("further file") {
    host::InstalledFile extra = drifted.file("probe.conf");
    extra.path = path("zz");
    drifted.version().files.push_back(extra);
  }
  SECTION("no regular file") { drifted.file("probe.conf").sha256.reset(); }

  const Compiled repaired = drifted.with_bundle();
  CHECK(messages(repaired.findings) == Lines{});
  CHECK(lines(repaired.plan) == kRestage);
  CHECK(repaired.plan.changes.at(id("probe")).kind == ChangeKind::update);

  CHECK(messages(drifted.without_bundle().findings) == kAltered);
}

TEST_CASE("a missing version is staged from its bundle, and a finding without one") {
  Drifted drifted;
  drifted.host.addons.at(id("probe")).inspected.clear();
  const Compiled repaired = drifted.with_bundle();
  CHECK(messages(repaired.findings) == Lines{});
  CHECK(lines(repaired.plan).front() == "stage probe 1.0.0");
  const Compiled bare = drifted.without_bundle();
  CHECK(messages(bare.findings) ==
        Lines{"host-version-missing: versions/1.0.0 of probe is missing on the host"});
  CHECK(bare.findings.front().fix == "apply the bundle of probe 1.0.0 again");
}

TEST_CASE("capabilities that were lost are given back, and those that were added are taken") {
  Drifted drifted;
  Lines expected;
  SECTION("lost") {
    drifted.file("probe").capabilities = {};
    expected = {"set-capabilities probe 1.0.0/probe: cap_net_raw=ep"};
  }
  SECTION("one more") {
    drifted.file("probe").capabilities = caps({"cap_net_raw", "cap_sys_admin"});
    expected = {"set-capabilities probe 1.0.0/probe: cap_net_raw=ep"};
  }
  SECTION("not effective") {
    drifted.file("probe").capabilities.effective = false;
    expected = {"set-capabilities probe 1.0.0/probe: cap_net_raw=ep"};
  }
  SECTION("inheritable, too") {
    drifted.file("probe").capabilities.inheritable = CapabilitySet{*Capability::from_name("cap_net_raw")};
    expected = {"set-capabilities probe 1.0.0/probe: cap_net_raw=ep"};
  }
  SECTION("of another user namespace") {
    drifted.file("probe").capabilities.root_uid = 100000;
    expected = {"set-capabilities probe 1.0.0/probe: cap_net_raw=ep"};
  }
  SECTION("without a name") {
    drifted.file("probe").capabilities.unknown_bits = std::uint64_t{1} << 60;
    expected = {"set-capabilities probe 1.0.0/probe: cap_net_raw=ep"};
  }
  SECTION("on another file") {
    drifted.file("probe.conf").capabilities = caps({"cap_sys_admin"});
    expected = {"set-capabilities probe 1.0.0/probe.conf: none"};
  }
  expected.insert(expected.end(), {"restart-unit probe probe.service", "check-health probe probe.service"});
  CHECK(lines(drifted.with_bundle().plan) == expected);
  const Compiled bare = drifted.without_bundle();
  CHECK(messages(bare.findings) == Lines{});
  CHECK(lines(bare.plan) == expected);
}

TEST_CASE("a unit file that is not the installed one is put back") {
  Drifted drifted;
  SECTION("text") { drifted.unit_state().sha256 = Digest::of("[Service]\n"); }
  SECTION("mode") { drifted.unit_state().file->mode = 0666; }
  SECTION("owner") { drifted.unit_state().file->uid = 1000; }
  SECTION("a link in its place") {
    drifted.unit_state().file->type = host::FileType::symlink;
    drifted.unit_state().sha256.reset();
  }
  SECTION("missing") {
    drifted.unit_state().file.reset();
    drifted.unit_state().sha256.reset();
  }
  const Lines expected{"install-unit probe probe.service", "reload probe.service",
                       "restart-unit probe probe.service", "check-health probe probe.service"};
  CHECK(lines(drifted.with_bundle().plan) == expected);
  CHECK(lines(drifted.without_bundle().plan) == expected);
}

TEST_CASE("a unit cannot be put back from a version that cannot be read") {
  Drifted drifted;
  drifted.unit_state().file.reset();
  drifted.unit_state().sha256.reset();
  const Compiled compiled = plan_for(repair(drifted.generation, {}), drifted.generation, drifted.host);
  CHECK(messages(compiled.findings) ==
        Lines{"host-version-altered: /etc/systemd/system/probe.service is not what was installed, and "
              "versions/1.0.0 of probe cannot be read"});
}

TEST_CASE("a missing enablement link is made again, with a reload and no restart") {
  Drifted drifted;
  drifted.unit_state().links.clear();
  CHECK(lines(drifted.without_bundle().plan) ==
        Lines{"enable-unit probe probe.service: multi-user.target.wants/probe.service",
              "reload probe.service"});
}

TEST_CASE("a stopped or failed service is started") {
  Drifted drifted;
  drifted.unit_state().status->active_state = GENERATE("inactive", "failed");
  CHECK(lines(drifted.without_bundle().plan) ==
        Lines{"start-unit probe probe.service", "check-health probe probe.service"});
}

TEST_CASE("a missing or other current is switched back") {
  Drifted drifted;
  drifted.host.addons.at(id("probe")).current.reset();
  CHECK(lines(drifted.without_bundle().plan) == Lines{"switch-current probe none -> 1.0.0",
                                                      "restart-unit probe probe.service",
                                                      "check-health probe probe.service"});
}

TEST_CASE("drift of an add-on that is not asked about is left alone") {
  Drifted drifted;
  drifted.unit_state().status->active_state = "failed";
  const auto scan = make_bundle(scan_files());
  host::HostState host = drifted.host;
  install(host, scan);
  const Generation generation = generation_of({drifted.bundle, scan});
  CHECK(lines(plan_for(apply({scan}), generation, host).plan) == Lines{});
}

TEST_CASE("a unit with other drop-ins than when it was last applied is judged and started anew") {
  const std::string file = "/etc/systemd/system/probe.service.d/host.conf";
  const std::string text = "[Service]\nNice=5\n";
  Drifted drifted;
  drifted.generation.drop_ins[unit_name("probe.service")] = {};
  SECTION("one more") { drifted.unit_state().drop_ins = {{file, text}}; }
  SECTION("another text") {
    drifted.generation.drop_ins[unit_name("probe.service")] = {{file, Digest::of("[Service]\n")}};
    drifted.unit_state().drop_ins = {{file, text}};
  }
  SECTION("gone") { drifted.generation.drop_ins[unit_name("probe.service")] = {{file, Digest::of(text)}}; }
  const Lines expected{"install-unit probe probe.service", "reload probe.service",
                       "restart-unit probe probe.service", "check-health probe probe.service"};
  CHECK(lines(drifted.with_bundle().plan) == expected);
  const Plan plan = drifted.without_bundle().plan;
  CHECK(lines(plan) == expected);
  CHECK(plan.changes.at(id("probe")).kind == ChangeKind::update);
  // What the next generation records is what was judged.
  HostDropIns found;
  for (const auto& drop_in : drifted.unit_state().drop_ins)
    found.emplace(drop_in.path, Digest::of(drop_in.text));
  CHECK(plan.drop_ins.at(unit_name("probe.service")) == found);
}

TEST_CASE("drop-ins are no drift when they are as recorded or nobody recorded them") {
  const std::string file = "/etc/systemd/system/probe.service.d/host.conf";
  const std::string text = "[Service]\nNice=5\n";
  Drifted drifted;
  drifted.unit_state().drop_ins = {{file, text}};
  SECTION("as recorded") {
    drifted.generation.drop_ins[unit_name("probe.service")] = {{file, Digest::of(text)}};
  }
  SECTION("by an earlier version of addonctl") { REQUIRE(drifted.generation.drop_ins.empty()); }
  CHECK(lines(drifted.with_bundle().plan) == Lines{});
  CHECK(lines(drifted.without_bundle().plan) == Lines{});
}

TEST_CASE("what is recorded about the drop-ins of an add-on that is not touched stays recorded") {
  const HostDropIns recorded{{"/etc/systemd/system/probe.service.d/host.conf", Digest::of("x")}};
  Drifted drifted;
  drifted.generation.drop_ins[unit_name("probe.service")] = recorded;
  const auto scan = make_bundle(scan_files());
  const Plan plan = plan_for(apply({scan}), drifted.generation, drifted.host).plan;
  CHECK(plan.drop_ins.at(unit_name("probe.service")) == recorded);
}

TEST_CASE("drop-ins that policy did not see are not recorded by a plan that only starts a service") {
  Drifted drifted;
  drifted.unit_state().drop_ins = {{"/etc/systemd/system/probe.service.d/host.conf", "[Service]\nNice=5\n"}};
  drifted.unit_state().status->active_state = "failed";
  const Plan plan = drifted.with_bundle().plan;
  CHECK(lines(plan) == Lines{"start-unit probe probe.service", "check-health probe probe.service"});
  CHECK(plan.drop_ins.empty());
}
