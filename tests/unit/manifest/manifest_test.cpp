#include "manifest/manifest.hpp"

#include <catch2/catch.hpp>

#include "texts.hpp"

using namespace addon;
using namespace addon::manifest;
using namespace std::chrono_literals;

TEST_CASE("the smallest manifest gives its values and the defaults of the rest") {
  const Manifest manifest = manifest_of(valid_text);
  CHECK(manifest.file == "addon.yaml");
  CHECK(manifest.id.value.str() == "probe");
  CHECK(manifest.name == "Probe");
  CHECK(manifest.version.value.str() == "1.4.2");
  CHECK(manifest.delivery.value == Delivery::pushed_artifact);
  CHECK(manifest.supervision.value == Supervision::systemd_service);
  CHECK(manifest.os_capabilities.empty());
  CHECK(manifest.run_as.value.empty());
  CHECK(manifest.binary.value.str() == "probe");
  CHECK(manifest.config_schema->value.str() == "config.schema.json");
  CHECK_FALSE(manifest.units);
  CHECK_FALSE(manifest.primary);
  CHECK_FALSE(manifest.files);
  CHECK_FALSE(manifest.resources);
  CHECK(manifest.state_dirs.empty());
  CHECK(manifest.health.timeout == 30s);
  CHECK(manifest.health.stable_for == 5s);
}

TEST_CASE("what policy speaks about knows its place") {
  const Manifest manifest =
      manifest_of(manifest_with("requires: {}", "requires: {run_as: me, os_capabilities: [NET_RAW]}"));
  CHECK(manifest.id.at == SourceSpan{"addon.yaml", 1, 5});
  CHECK(manifest.id.pointer == "/id");
  CHECK(manifest.delivery.at == SourceSpan{"addon.yaml", 5, 11});
  CHECK(manifest.supervision.at == SourceSpan{"addon.yaml", 6, 14});
  CHECK(manifest.run_as.at == SourceSpan{"addon.yaml", 9, 20});
  CHECK(manifest.run_as.pointer == "/requires/run_as");
  CHECK(manifest.os_capabilities.at(0).at == SourceSpan{"addon.yaml", 9, 42});
  CHECK(manifest.os_capabilities.at(0).pointer == "/requires/os_capabilities/0");
  CHECK(manifest.binary.at == SourceSpan{"addon.yaml", 10, 16});
}

TEST_CASE("an absent run_as has the place of requires") {
  CHECK(manifest_of(valid_text).run_as.at == SourceSpan{"addon.yaml", 9, 11});
}

TEST_CASE("every field that is interpreted is read") {
  const Manifest manifest =
      manifest_of(manifest_with("exec: {binary: probe}",
                                R"(exec: {binary: probe, install_path: /usr/lib/probe, args: [-v, 1.10]}
systemd: {units: [probe.service, probe-scan.service], primary: probe.service}
files: [{path: data/rules.json}, {path: run.sh, mode: 0755}]
state_dirs: [/var/lib/probe, {path: /srv/probe/spool, owner: me, group: us, mode: "0770"}]
health: {timeout: 1min 30s, stable_for: 10, exec: [current/probe, --check]}
resources: {cpu_max_percent: 20, memory_max_bytes: 268435456, memory_high_bytes: 0x10000, tasks_max: 64, slice: a-b.slice}
x-owner: {team: [net]}
plugin: {protocol: grpc, app_protocol_version: 1}
signal_schemas: [{id: a}]
producer_schedules: [{schedule_id: b}]
artifacts: []
)"));
  CHECK(manifest.install_path == "/usr/lib/probe");
  CHECK(manifest.args == std::vector<std::string>{"-v", "1.10"});
  REQUIRE(manifest.units);
  CHECK(manifest.units->at(1).value.str() == "probe-scan.service");
  CHECK(manifest.units->at(1).pointer == "/systemd/units/1");
  CHECK(manifest.primary->value.str() == "probe.service");
  REQUIRE(manifest.files);
  CHECK(manifest.files->at(0).path.str() == "data/rules.json");
  CHECK_FALSE(manifest.files->at(0).mode);
  CHECK(manifest.files->at(1).mode == 0755U);
  REQUIRE(manifest.state_dirs.size() == 2);
  CHECK(manifest.state_dirs[0].path == "/var/lib/probe");
  CHECK(manifest.state_dirs[1].path == "/srv/probe/spool");
  CHECK(manifest.state_dirs[1].owner == "me");
  CHECK(manifest.state_dirs[1].group == "us");
  CHECK(manifest.state_dirs[1].mode == 0770U);
  CHECK(manifest.health.timeout == 90s);
  CHECK(manifest.health.stable_for == 10s);
  CHECK(manifest.health.exec == std::vector<std::string>{"current/probe", "--check"});
  REQUIRE(manifest.resources);
  CHECK(manifest.resources->cpu_max_percent == 20);
  CHECK(manifest.resources->memory_max_bytes == 268435456);
  CHECK(manifest.resources->memory_high_bytes == 65536);
  CHECK(manifest.resources->tasks_max == 64);
  CHECK(manifest.resources->slice == "a-b.slice");
}

TEST_CASE("texts that look like numbers stay texts") {
  const Manifest manifest = manifest_of(manifest_with("name: Probe", "name: 1.10"));
  CHECK(manifest.name == "1.10");
  CHECK(faults(manifest_with("version: 1.4.2", "version: 1.10")) ==
        std::vector<std::string>{"3:10 schema-pattern /version: version is \"1.10\", but must be a SemVer "
                                 "2.0.0 version such as 1.4.2"});
}

TEST_CASE("the words for deliveries and supervision models go both ways") {
  for (const char* word : {"compiled-in", "pushed-artifact", "os-package"})
    CHECK(to_string(*delivery_from(word)) == word);
  for (const char* word :
       {"config-toggle", "agent-sidecar", "systemd-service", "systemd-timer", "ephemeral-helper"}) {
    CHECK(to_string(*supervision_from(word)) == word);
  }
  CHECK_FALSE(delivery_from("systemd-service"));
  CHECK_FALSE(supervision_from("Systemd-Service"));
}

TEST_CASE("findings carry the add-on's name") {
  const ParsedManifest parsed = parse_manifest(manifest_and("nonsense: 1\n"), "addon.yaml");
  REQUIRE(parsed.findings.size() == 1);
  CHECK(parsed.findings[0].addon == "probe");
}
