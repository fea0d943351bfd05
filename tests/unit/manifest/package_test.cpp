// Add-ons that a package brings.
#include "texts.hpp"

using namespace addon;
using namespace addon::manifest;
using Lines = std::vector<std::string>;

namespace {
std::string packaged(std::string_view requirements) {
  return manifest_with(
      "delivery: pushed-artifact\nsupervision: systemd-service\ncapabilities: [probing]\n"
      "config_schema: config.schema.json\nrequires: {}",
      "delivery: os-package\nsupervision: systemd-service\ncapabilities: [probing]\n"
      "config_schema: config.schema.json\nrequires: " +
          std::string(requirements));
}

/// "COMPARISON VERSION" of the package.
std::string constraint_of(const std::string& version) {
  const Manifest manifest = manifest_of(packaged("{package: {name: foo, version: '" + version + "'}}"));
  REQUIRE(manifest.package);
  CHECK(manifest.package->name == "foo");
  return manifest.package->comparison + " " + manifest.package->version;
}
}  // namespace

TEST_CASE("a package is read with its version and the comparison before it") {
  CHECK(constraint_of(">=1.2") == ">= 1.2");
  CHECK(constraint_of("<= 1:1.2~rc1-3") == "<= 1:1.2~rc1-3");
  CHECK(constraint_of("1.2^git") == "= 1.2^git");
  CHECK(constraint_of("==1.2") == "= 1.2");
  CHECK(constraint_of("> 1") == "> 1");
  const Manifest any = manifest_of(packaged("{package: {name: foo}}"));
  REQUIRE(any.package);
  CHECK(any.package->comparison.empty());
  CHECK(to_string(any.package->at) == "addon.yaml:9:28");
}

TEST_CASE("what is no package or no version of one is refused") {
  for (const char* package :
       {"{name: '-o'}", "{name: 'a b'}", "{name: ''}", "{version: '1'}", "{name: foo, version: '-1'}",
        "{name: foo, version: '>>1'}", "{name: foo, version: '1; true'}", "{name: foo, version: '%{lua:x}'}",
        "{name: \"foo\\n\"}"}) {
    CAPTURE(package);
    CHECK(faults(packaged(std::string("{package: ") + package + "}")).size() == 1);
  }
}

TEST_CASE("an os-package gets no file capabilities") {
  CHECK(
      faults(packaged("{os_capabilities: [CAP_NET_RAW]}")) ==
      Lines{
          "9:29 package-capabilities /requires/os_capabilities: an os-package gets no file capabilities: "
          "the package manager would take them off with the next upgrade, and nobody would see it | let the "
          "package's unit give them with AmbientCapabilities=, and leave os_capabilities empty"});
  CHECK(faults(packaged("{os_capabilities: []}")) == Lines{});
}

TEST_CASE("the base agent's versions are read with their place") {
  const Manifest manifest = manifest_of(manifest_with("requires: {}", "requires: {base_agent: '>=1.2.0'}"));
  CHECK(manifest.base_agent.value == ">=1.2.0");
  CHECK(to_string(manifest.base_agent.at) == "addon.yaml:9:24");
  CHECK(manifest_of(valid_text).base_agent.value.empty());
}
