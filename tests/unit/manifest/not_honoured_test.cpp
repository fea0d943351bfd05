// What is valid and has no effect is said, once for each field, where the field stands.
#include "texts.hpp"

using namespace addon;
using namespace addon::manifest;
using Lines = std::vector<std::string>;

TEST_CASE("a field that asks for nothing is no warning") {
  CHECK(faults(manifest_and("state_dirs: []\nartifacts: []\nplugin: {}\nhealth: {timeout: 10s}\n")) ==
        Lines{});
  CHECK(faults(manifest_and("resources: {tasks_max: 8}\n")) == Lines{});
}

TEST_CASE("a state directory that is gone after each boot is said to have no effect") {
  CHECK(
      faults(manifest_and("state_dirs: [/var/lib/probe, /run/probe, {path: /var/run/x}]\n")) ==
      Lines{
          "11:30 manifest-not-honoured (warning) /state_dirs/1: state_dirs[1] has no effect: what is below "
          "/run is gone after each boot | let the unit make it with RuntimeDirectory=",
          "11:49 manifest-not-honoured (warning) /state_dirs/2/path: state_dirs[2].path has no effect: what "
          "is below /run is gone after each boot | let the unit make it with RuntimeDirectory="});
}

TEST_CASE("a health check is a file of this very version") {
  const auto check = [](const std::string& program) {
    return faults(manifest_and("health: {exec: [" + program + ", --check]}\n"));
  };
  CHECK(check("current/probe") == Lines{});
  CHECK(check("current/tools/check") == Lines{});
  CHECK(check("versions/1.4.2/probe") == Lines{});
  for (const char* program : {"/usr/bin/true", "probe", "current", "current/", "current/../../x",
                              "versions/0.9.0/probe", "../other/current/x"}) {
    INFO(program);
    const Lines found = check(program);
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("11:17 health-exec /health/exec/0: health.exec[0] is \""));
  }
}

TEST_CASE("versions meet a constraint by SemVer's precedence") {
  const auto meets = [](const char* version, const char* constraint) {
    return meets_constraint(Version::parse(version).value(), constraint);
  };
  CHECK(meets("1.2.0", ""));
  CHECK(meets("1.2.0", "1.2.0"));
  CHECK(meets("1.2.0+build", "=1.2.0"));
  CHECK(meets("1.10.0", ">=1.9.0 <2.0.0"));
  CHECK(meets("1.10.0", "> 1.9.0,<=1.10.0"));
  CHECK_FALSE(meets("2.0.0", ">=1.9.0 <2.0.0"));
  CHECK_FALSE(meets("1.2.0-rc.1", ">=1.2.0"));
  CHECK_FALSE(meets("1.2.1", "==1.2.0"));
  CHECK_FALSE(meets("1.2.0", ">1.2.0"));
}

TEST_CASE("required add-ons and platforms are read with their places") {
  const Manifest manifest = manifest_of(manifest_with(
      "requires: {}",
      "requires: {platforms: [linux, darwin], addons: [{id: base, version: '>=1.0.0'}, {id: b}]}"));
  REQUIRE(manifest.platforms);
  CHECK(manifest.platforms->value == Lines{"linux", "darwin"});
  REQUIRE(manifest.required_addons.size() == 2);
  CHECK(manifest.required_addons[0].id.str() == "base");
  CHECK(manifest.required_addons[0].version == ">=1.0.0");
  CHECK(manifest.required_addons[0].pointer == "/requires/addons/0/id");
  CHECK(manifest.required_addons[0].at.line == 9);
  CHECK(manifest.required_addons[1].version.empty());
}
