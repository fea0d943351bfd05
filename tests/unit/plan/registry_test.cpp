// The registry: what it says, and when in a plan it is written.
#include "plan/registry.hpp"

#include <catch2/catch.hpp>

#include "document/schema.hpp"
#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
Lines planned(const Wish& wish, const Generation& generation, const host::HostState& host) {
  return all_lines(plan_for(wish, generation, host).plan);
}

const UpdateRegistry& last_registry_step(const Plan& plan) {
  const UpdateRegistry* found = nullptr;
  for (const Step& step : plan.steps) {
    if (const auto* registry = std::get_if<UpdateRegistry>(&step.action)) found = registry;
  }
  REQUIRE(found != nullptr);
  return *found;
}

host::FoundFile registry_file(const std::string& text) {
  return {{.type = host::FileType::regular, .mode = 0644, .identity = {}}, Digest::of(text)};
}
}  // namespace

TEST_CASE("an add-on enters the registry once it is up") {
  const auto probe = make_bundle(probe_files());
  CHECK(planned(apply({probe}), Generation{}, empty_host({probe})) ==
        Lines{"stage probe 1.0.0", "set-capabilities probe 1.0.0/probe: cap_net_raw=ep",
              "install-unit probe probe.service", "switch-current probe none -> 1.0.0",
              "enable-unit probe probe.service: multi-user.target.wants/probe.service",
              "reload probe.service", "start-unit probe probe.service", "check-health probe probe.service",
              "update-registry publish: +probe"});
}

TEST_CASE("an upgrade is in the registry before the old version loses its capabilities") {
  const auto old_version = make_bundle(relay_files("1.0.0"));
  const auto new_version = make_bundle(relay_files("1.1.0"));
  host::HostState host = empty_host({});
  install(host, old_version);
  CHECK(planned(apply({new_version}), generation_of({old_version}), host) ==
        Lines{"stage relay 1.1.0", "set-capabilities relay 1.1.0/relay: cap_net_raw=ep",
              "switch-current relay 1.0.0 -> 1.1.0", "update-registry publish: ~relay",
              "set-capabilities relay 1.0.0/relay: none"});
}

TEST_CASE("what is removed leaves the registry before anything else happens") {
  const auto probe = make_bundle(probe_files());
  const auto relay = make_bundle(relay_files());
  host::HostState host = empty_host({});
  install(host, probe);
  install(host, relay);
  CHECK(planned(removal({"probe"}), generation_of({probe, relay}), host) ==
        Lines{"update-registry withdraw: -probe", "stop-unit probe probe.service",
              "disable-unit probe probe.service: multi-user.target.wants/probe.service",
              "remove-unit probe probe.service", "switch-current probe 1.0.0 -> none", "reload probe.service",
              "update-registry publish:", "set-capabilities probe 1.0.0/probe: none"});
}

TEST_CASE("what is put right is not in the registry meanwhile") {
  const auto relay = make_bundle(relay_files());
  const Generation generation = generation_of({relay});
  host::HostState host = empty_host({});
  install(host, relay);
  for (host::InstalledFile& file : host.addons.at(id("relay")).inspected.at(version("1.0.0")).files)
    file.capabilities = {};
  const Plan plan = plan_for(repair(generation, {relay}), generation, host).plan;
  CHECK(all_lines(plan) == Lines{"update-registry withdraw: -relay",
                                 "set-capabilities relay 1.0.0/relay: cap_net_raw=ep",
                                 "update-registry publish:"});
  CHECK(last_registry_step(plan).entries.size() == 1);
}

TEST_CASE("a registry that is missing, altered or open to others is written anew, and else left alone") {
  const auto relay = make_bundle(relay_files());
  const Generation generation = generation_of({relay});
  host::HostState host = empty_host({});
  install(host, relay);
  const Wish wish = repair(generation, {relay});
  const Digest policy = Digest::of("policy");
  host.registry = registry_file(registry_text(generation));
  CHECK(compile(wish, generation, host, policy).plan.steps.empty());
  const Lines written{"update-registry publish:"};
  host.registry->state.mode = 0664;
  CHECK(all_lines(compile(wish, generation, host, policy).plan) == written);
  host.registry = registry_file(registry_text(generation) + " ");
  CHECK(all_lines(compile(wish, generation, host, policy).plan) == written);
  host.registry.reset();
  const Plan plan = compile(wish, generation, host, policy).plan;
  CHECK(all_lines(plan) == written);
  CHECK(last_registry_step(plan).is_altered);
  CHECK_FALSE(plan.summary.has_changes());
}

TEST_CASE("an entry says what an agent needs to run the very version") {
  const Json entry = registry_entry(make_release(make_bundle(relay_files("1.2.0"))));
  CHECK(entry == Json::parse(R"({"id": "relay", "name": "relay", "version": "1.2.0",
      "delivery": "pushed-artifact", "supervision": "agent-sidecar", "enabled": true,
      "capabilities": ["sampling"], "os_capabilities": ["cap_net_raw"], "run_as": "probe",
      "path": "/opt/addons/relay/versions/1.2.0",
      "exec": {"binary": "/opt/addons/relay/versions/1.2.0/relay", "args": ["--quiet"], "sha256": ")" +
                             Digest::of("program 1.2.0").str() + R"("},
      "plugin": {"protocol": "grpc", "app_protocol_version": 1},
      "config_schema": "/opt/addons/relay/versions/1.2.0/relay.conf",
      "units": [], "state_dirs": [], "resources": {"tasks_max": 8}})"));
}

TEST_CASE("what systemd runs has its units there, and no limits, for systemd enforces them") {
  Files files = probe_files();
  files.at("addon.yaml") += "resources: {tasks_max: 8}\n";
  Release release = make_release(make_bundle(files));
  release.listing.state_dirs = {"/var/lib/probe"};
  const Json entry = registry_entry(release);
  CHECK(entry.at("units") == Json::parse(R"([{"name": "probe.service", "primary": true}])"));
  CHECK(entry.at("resources") == nullptr);
  CHECK(entry.at("state_dirs") == Json::parse(R"(["/var/lib/probe"])"));
}

TEST_CASE("what is compiled in has no path, no program and no capabilities there") {
  const Json entry = registry_entry(make_release(make_bundle(access_files())));
  CHECK(entry.at("enabled") == true);
  for (const char* key : {"path", "exec", "config_schema", "plugin"}) CHECK(entry.at(key) == nullptr);
  CHECK(entry.at("os_capabilities") == Json::array());
}

TEST_CASE("the registry is as its schema says, whatever is active") {
  const auto validated = [](const Generation& generation) {
    const Json json = parse_json(registry_text(generation), "registry.json").value();
    return messages(document::registry_schema().validate(document::from_json(json, "registry.json")));
  };
  Generation generation = generation_of({make_bundle(probe_files()), make_bundle(scan_files()),
                                         make_bundle(relay_files()), make_bundle(access_files())});
  generation.plan_digest = Digest::of("plan").str();
  CHECK(validated(generation) == Lines{});
  generation.addons.clear();
  CHECK(validated(generation) == Lines{});
  generation.plan_digest = "x";
  CHECK(validated(generation).size() == 1);
}

TEST_CASE("a release is the same once it was recorded") {
  for (const Files& files : {probe_files(), relay_files(), access_files(),
                             requiring(relay_files(), "{id: access, version: '>=1.0.0'}")}) {
    const Release release = make_release(make_bundle(files));
    const Release read = release_from_json(to_json(release)).value();
    CHECK(read.listing == release.listing);
    CHECK(read.requirements == release.requirements);
    CHECK(read.manifest_text == release.manifest_text);
    CHECK(to_json(read) == to_json(release));
  }
}
