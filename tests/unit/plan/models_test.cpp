// Each way of delivery and supervision, and changes from one to another.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
/// The same add-on, another model: `files` as those of `id`.
Files as(const char* id, Files files, const char* was) {
  std::string& text = files.at("addon.yaml");
  text.replace(text.find(std::string("id: ") + was), 4 + std::string(was).size(), std::string("id: ") + id);
  return files;
}

Lines change(const bundle::Bundle& from, const bundle::Bundle& to) {
  host::HostState host = empty_host({to});
  install(host, from);
  const Compiled compiled = plan_for(apply({to}), generation_of({from}), host);
  CHECK(messages(compiled.findings) == Lines{});
  return all_lines(compiled.plan);
}
}  // namespace

TEST_CASE("a toggle has no files: it is in the registry, with its terms") {
  const auto access = make_bundle(access_files());
  const Compiled compiled = plan_for(apply({access}), Generation{}, empty_host({access}));
  CHECK(messages(compiled.findings) == Lines{});
  CHECK(all_lines(compiled.plan) == Lines{"update-registry publish: +access"});
  const auto& step = std::get<UpdateRegistry>(compiled.plan.steps.at(0).action);
  REQUIRE(step.changes.at(0).terms);
  CHECK(step.changes.at(0).terms->delivery.what == "compiled-in");
  CHECK(step.changes.at(0).terms->supervision.what == "config-toggle");
  CHECK(compiled.plan.summary.add == 1);
}

TEST_CASE("a toggle that is there is unchanged, and other content needs another version") {
  const auto access = make_bundle(access_files());
  const host::HostState host = empty_host({access});
  const Generation generation = generation_of({access});
  const Compiled same = plan_for(apply({access}), generation, host);
  CHECK(same.plan.steps.empty());
  CHECK(same.plan.summary.unchanged == 1);
  Files files = access_files();
  files.at("addon.yaml") += "# edited\n";
  CHECK(messages(plan_for(apply({make_bundle(files)}), generation, host).findings) ==
        Lines{"version-content-changed: access 1.0.0 is on the host already, with other content than this "
              "bundle has"});
}

TEST_CASE("a toggle is removed by its entry alone, and leaves first where anything else goes, too") {
  const auto access = make_bundle(access_files());
  const auto relay = make_bundle(relay_files());
  host::HostState host = empty_host({});
  install(host, relay);
  const Generation generation = generation_of({access, relay});
  const Plan alone = plan_for(removal({"access"}), generation, host).plan;
  CHECK(all_lines(alone) == Lines{"update-registry publish: -access"});
  CHECK(alone.summary.remove == 1);
  CHECK(all_lines(plan_for(removal({"access", "relay"}), generation, host).plan) ==
        Lines{"update-registry withdraw: -access -relay", "switch-current relay 1.0.0 -> none",
              "update-registry publish:", "set-capabilities relay 1.0.0/relay: none"});
}

TEST_CASE("a toggle whose entry was lost is judged anew before it comes back") {
  const auto access = make_bundle(access_files());
  const Generation generation = generation_of({access});
  host::HostState host = empty_host({access});
  const Plan plan = compile(repair(generation, {access}), generation, host, Digest::of("policy")).plan;
  REQUIRE(all_lines(plan) == Lines{"update-registry publish: ~access"});
  CHECK(std::get<UpdateRegistry>(plan.steps.at(0).action).changes.at(0).terms.has_value());
}

TEST_CASE("a sidecar becomes a service, and a service a sidecar") {
  const auto sidecar = make_bundle(as("probe", relay_files("1.0.0"), "relay"));
  const auto service = make_bundle(probe_files("2.0.0"));
  CHECK(change(sidecar, service) ==
        Lines{"stage probe 2.0.0", "set-capabilities probe 2.0.0/probe: cap_net_raw=ep",
              "install-unit probe probe.service", "switch-current probe 1.0.0 -> 2.0.0",
              "enable-unit probe probe.service: multi-user.target.wants/probe.service",
              "reload probe.service", "start-unit probe probe.service", "check-health probe probe.service",
              "update-registry publish: ~probe", "set-capabilities probe 1.0.0/relay: none"});
  const auto later = make_bundle(as("probe", relay_files("3.0.0"), "relay"));
  CHECK(change(service, later) ==
        Lines{"stage probe 3.0.0", "set-capabilities probe 3.0.0/relay: cap_net_raw=ep",
              "stop-unit probe probe.service",
              "disable-unit probe probe.service: multi-user.target.wants/probe.service",
              "remove-unit probe probe.service", "switch-current probe 2.0.0 -> 3.0.0",
              "reload probe.service", "update-registry publish: ~probe",
              "set-capabilities probe 2.0.0/probe: none"});
}

TEST_CASE("a service becomes a toggle, which leaves nothing current, and a toggle a service") {
  const auto service = make_bundle(probe_files("1.0.0"));
  const auto toggle = make_bundle(as("probe", access_files("2.0.0"), "access"));
  CHECK(change(service, toggle) ==
        Lines{"stop-unit probe probe.service",
              "disable-unit probe probe.service: multi-user.target.wants/probe.service",
              "remove-unit probe probe.service", "switch-current probe 1.0.0 -> none", "reload probe.service",
              "update-registry publish: ~probe", "set-capabilities probe 1.0.0/probe: none"});
  const auto later = make_bundle(probe_files("3.0.0"));
  CHECK(change(toggle, later) ==
        Lines{"stage probe 3.0.0", "set-capabilities probe 3.0.0/probe: cap_net_raw=ep",
              "install-unit probe probe.service", "switch-current probe none -> 3.0.0",
              "enable-unit probe probe.service: multi-user.target.wants/probe.service",
              "reload probe.service", "start-unit probe probe.service", "check-health probe probe.service",
              "update-registry publish: ~probe"});
}

TEST_CASE("a version cannot come by another way under the same number") {
  const auto service = make_bundle(probe_files("1.0.0"));
  const auto toggle = make_bundle(as("probe", access_files("1.0.0"), "access"));
  host::HostState host = empty_host({});
  install(host, service);
  const Lines expected{
      "version-content-changed: probe 1.0.0 is on the host already, with other content than this bundle has"};
  CHECK(messages(plan_for(apply({toggle}), generation_of({service}), host).findings) == expected);
  CHECK(messages(plan_for(apply({service}), generation_of({toggle}), empty_host({service})).findings) ==
        expected);
}

TEST_CASE("what this host cannot run is left out, and does not count as applied") {
  const auto probe = make_bundle(probe_files());
  const auto access = make_bundle(access_files());
  host::HostState host = empty_host({probe});
  host.platform.has_systemd = false;
  const Compiled compiled = plan_for(apply({probe, access}), Generation{}, host);
  CHECK(messages(compiled.findings) ==
        Lines{"host-model-unsupported: systemd does not run on this host, so nothing here can be "
              "systemd-service"});
  CHECK(compiled.findings[0].rule->outcome == RuleOutcome::failed);
  CHECK(all_lines(compiled.plan) == Lines{"update-registry publish: +access"});
  CHECK(compiled.plan.summary.unsupported == 1);
  CHECK(compiled.plan.summary.add == 1);
  CHECK_FALSE(compiled.plan.result.contains(id("probe")));
  // A host that is prepared may run systemd once it boots.
  host.live = false;
  CHECK(messages(plan_for(apply({probe, access}), Generation{}, host).findings) == Lines{});
}

TEST_CASE("on a host without systemd sidecars work") {
  const auto relay = make_bundle(relay_files());
  host::HostState host = empty_host({relay});
  host.platform.has_systemd = false;
  CHECK(messages(plan_for(apply({relay}), Generation{}, host).findings) == Lines{});
}
