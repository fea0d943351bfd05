// What one manifest costs, stage by stage: parse, validate, all of it.
#include <benchmark/benchmark.h>

#include <string>

#include "document/schema.hpp"
#include "document/yaml.hpp"
#include "manifest/manifest.hpp"

namespace {

const std::string& manifest_text() {
  static const std::string text = R"(id: packet-probe
name: Packet probe
version: 1.4.2
description: >-
  Watches packets on every interface and tells the agent about hosts that it
  has not seen before.
kind: native
delivery: pushed-artifact     # compiled-in | pushed-artifact | os-package
supervision: systemd-service
language: c++
capabilities:
  - host-network-visibility
  - native-telemetry:v1
requires:
  base_agent: ">=1.2.0"
  platforms: [linux]
  os_capabilities: [CAP_NET_RAW, cap_net_admin]
  run_as: addon-probe
exec:
  binary: packet-probe
  install_path: /usr/local/lib/addons
  args: [--interface, any]
systemd:
  units: [packet-probe.service]
state_dirs:
  - /var/lib/packet-probe
  - {path: /var/lib/packet-probe/spool, owner: addon-probe, mode: "0750"}
health: {timeout: 30s, stable_for: 5s}
resources: {cpu_max_percent: 20, memory_max_bytes: 268435456, memory_high_bytes: 201326592, tasks_max: 64}
config_schema: config.schema.json
)";
  return text;
}

void parse(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(addon::document::parse_yaml(manifest_text(), "addon.yaml"));
  }
}
BENCHMARK(parse);

void parse_and_validate(benchmark::State& state) {
  const auto& schema = addon::document::addon_manifest_schema();
  for (auto _ : state) {
    benchmark::DoNotOptimize(addon::document::load(manifest_text(), "addon.yaml", schema));
  }
}
BENCHMARK(parse_and_validate);

void whole_manifest(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(addon::manifest::parse_manifest(manifest_text(), "addon.yaml"));
  }
}
BENCHMARK(whole_manifest);

}  // namespace

BENCHMARK_MAIN();
