#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;
using Lines = std::vector<std::string>;

namespace {

Lines unit_names(const ReadBundle& read) {
  Lines names;
  REQUIRE(read.bundle);
  for (const BundleUnit& unit : read.bundle->units) names.push_back(unit.name.str());
  return names;
}

}  // namespace

TEST_CASE("without a list every unit beside the manifest is one of the add-on's, sorted") {
  Fixture fixture;
  fixture.write("addon.yaml", manifest_text("systemd-timer"));
  fixture.write("probe", "x");
  fixture.write("probe.timer", timer);
  fixture.write("probe.service", service);
  fixture.write("sub/other.service", service);
  fixture.write("probe.service.bak", "x");
  const ReadBundle read = fixture.read();
  CHECK(shown(read).empty());
  CHECK(unit_names(read) == Lines{"probe.service", "probe.timer"});
  CHECK(read.bundle->primary->str() == "probe.timer");
  CHECK(read.bundle->units.front().privileges.user.value == "probe");
  CHECK(to_string(read.bundle->units.front().privileges.user.at) == "SOURCE/probe.service:2:1");
  CHECK(to_string(read.bundle->units.front().asked_at) == "SOURCE/probe.service");
}

TEST_CASE("with a list only the listed units are the add-on's, asked for by the manifest's line") {
  Fixture fixture;
  write_service_bundle(fixture, "systemd: {units: [probe.service]}\n");
  fixture.write("template.service", "not installed");
  const ReadBundle read = fixture.read();
  CHECK(shown(read).empty());
  CHECK(unit_names(read) == Lines{"probe.service"});
  CHECK(read.bundle->units.front().asked_at.file == "SOURCE/addon.yaml");
  CHECK(read.bundle->units.front().asked_at.line == 13);
}

TEST_CASE("a listed unit that is absent is refused at the line that lists it, once") {
  Fixture fixture;
  write_service_bundle(fixture, "systemd: {units: [probe.service, extra.timer]}\n");
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/addon.yaml:13 bundle-file-missing: the bundle has no unit extra.timer"});
}

TEST_CASE("findings of units name the unit's own file and line") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("probe.service", "[Service]\nUser=probe\nExecStart=/bin/true\nnonsense\n");
  const ReadBundle read = fixture.read();
  CHECK_FALSE(read.bundle);
  REQUIRE(read.findings.size() == 1);
  CHECK(read.findings.front().at.file == "SOURCE/probe.service");
  CHECK(read.findings.front().at.line == 4);
  CHECK(read.findings.front().addon == "probe");
}

TEST_CASE("a unit beside the manifest whose name is not safe is refused") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("probe@.service", service);
  CHECK(shown(fixture.read()) == Lines{"SOURCE/probe@.service unsafe-unit-name: \"probe@.service\" is not a "
                                       "unit name that an add-on may use: "
                                       "use letters, digits, ':', '-', '_' and '.' only"});
}

TEST_CASE("a unit that no link can enable is refused at the line that says by what") {
  Fixture fixture;
  write_service_bundle(fixture);
  const auto refusal = [](const std::string& line, const std::string& name) {
    return "SOURCE/probe.service:" + line + " unsafe-unit-name: the unit is to be enabled by \"" + name +
           "\", whose name addonctl makes no directory of";
  };
  fixture.write("probe.service",
                std::string(service) + "[Install]\nWantedBy=dev-a\\x2db.device multi-user.target\n");
  CHECK(shown(fixture.read()) == Lines{refusal("7", "dev-a\\\\x2db.device")});
  const std::string longest = std::string(239, 'a') + ".target";
  fixture.write("probe.service", std::string(service) + "[Install]\nRequiredBy=" + longest + "\n");
  CHECK(shown(fixture.read()).empty());
  fixture.write("probe.service", std::string(service) + "[Install]\nRequiredBy=a" + longest + "\n");
  CHECK(shown(fixture.read()).size() == 1);
}

TEST_CASE("a unit over 1 MiB is refused") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("probe.service", std::string((std::size_t{1} << 20) + 1, '#'));
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/probe.service bundle-limit: probe.service is larger than 1 MiB, too large for a unit"});
}

TEST_CASE("two services without a named primary are ambiguous") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("helper.service", service);
  CHECK(shown(fixture.read()) == Lines{"SOURCE/addon.yaml:7 primary-unit-ambiguous: supervision "
                                       "systemd-service starts one .service, and the "
                                       "bundle has 2: helper.service, probe.service"});
}

TEST_CASE("two timers without a named primary are ambiguous, a timer beside the service is not") {
  Fixture fixture;
  SECTION("two timers") {
    fixture.write("addon.yaml", manifest_text("systemd-timer"));
    fixture.write("probe", "x");
    for (const char* name : {"probe", "other"}) {
      fixture.write(std::string(name) + ".timer", timer);
      fixture.write(std::string(name) + ".service", service);
    }
    CHECK(shown(fixture.read()) == Lines{"SOURCE/addon.yaml:7 primary-unit-ambiguous: supervision "
                                         "systemd-timer starts one .timer, and the "
                                         "bundle has 2: other.timer, probe.timer"});
  }
  SECTION("one service, one timer") {
    write_service_bundle(fixture);
    fixture.write("probe.timer", timer);
    const ReadBundle read = fixture.read();
    CHECK(shown(read).empty());
    CHECK(read.bundle->primary->str() == "probe.service");
  }
}

TEST_CASE("a unit that is no file explains that there is none; one further below does not") {
  Fixture fixture;
  write_service_bundle(fixture);
  REQUIRE(unlink(fixture.path("probe.service").c_str()) == 0);
  SECTION("beside the manifest") {
    REQUIRE(symlink("/etc/passwd", fixture.path("probe.service").c_str()) == 0);
    CHECK(shown(fixture.read()).size() == 1);
  }
  SECTION("further below") {
    REQUIRE(mkdir(fixture.path("sub").c_str(), 0755) == 0);
    REQUIRE(symlink("/etc/passwd", fixture.path("sub/probe.service").c_str()) == 0);
    CHECK(shown(fixture.read()).size() == 2);
  }
}

TEST_CASE("a named primary is taken") {
  Fixture fixture;
  write_service_bundle(fixture, "systemd: {primary: helper.service}\n");
  fixture.write("helper.service", service);
  const ReadBundle read = fixture.read();
  CHECK(shown(read).empty());
  CHECK(read.bundle->primary->str() == "helper.service");
}

TEST_CASE("a named primary that the bundle lacks is refused") {
  Fixture fixture;
  write_service_bundle(fixture, "systemd: {primary: helper.service}\n");
  CHECK(shown(fixture.read()) == Lines{"SOURCE/addon.yaml:13 primary-unit-missing: systemd.primary is "
                                       "helper.service, which the bundle does "
                                       "not have"});
}

TEST_CASE("a service or timer to start is required by its supervision") {
  Fixture fixture;
  fixture.write("probe", "x");
  SECTION("systemd-service") {
    fixture.write("addon.yaml", manifest_text("systemd-service"));
    CHECK(shown(fixture.read()) == Lines{"SOURCE/addon.yaml:7 primary-unit-missing: supervision "
                                         "systemd-service starts a .service, and the "
                                         "bundle has none"});
  }
  SECTION("systemd-timer") {
    fixture.write("addon.yaml", manifest_text("systemd-timer"));
    fixture.write("probe.service", service);
    CHECK(shown(fixture.read()) == Lines{"SOURCE/addon.yaml:7 primary-unit-missing: supervision "
                                         "systemd-timer starts a .timer, and the bundle "
                                         "has none"});
  }
}

TEST_CASE("a timer's service must be in the bundle") {
  Fixture fixture;
  fixture.write("addon.yaml", manifest_text("systemd-timer"));
  fixture.write("probe", "x");
  fixture.write("probe.service", service);
  SECTION("named by Unit=") {
    fixture.write("probe.timer",
                  "[Timer]\nOnCalendar=daily\nUnit=ssh.service\n[Install]\nWantedBy=timers.target\n");
    CHECK(
        shown(fixture.read()) ==
        Lines{"SOURCE/probe.timer:3 bundle-file-missing: probe.timer starts \"ssh.service\", which is not a "
              ".service of the bundle"});
  }
  SECTION("named by the timer's own name") {
    fixture.write("nightly.timer", timer);
    CHECK(shown(fixture.read()) == Lines{"SOURCE/nightly.timer bundle-file-missing: nightly.timer starts "
                                         "\"nightly.service\", which is not a "
                                         ".service of the bundle"});
  }
  SECTION("it is") {
    fixture.write("nightly.timer",
                  "[Timer]\nOnCalendar=daily\nUnit=probe.service\n[Install]\nWantedBy=timers.target\n");
    const ReadBundle read = fixture.read();
    CHECK(shown(read).empty());
    CHECK(read.bundle->primary->str() == "nightly.timer");
  }
}

TEST_CASE("add-ons that systemd does not supervise have no primary, and no units") {
  Fixture fixture;
  fixture.write("probe", "x");
  fixture.write("addon.yaml", manifest_text("agent-sidecar"));
  const ReadBundle without = fixture.read();
  REQUIRE(without.bundle);
  CHECK_FALSE(without.bundle->primary);
  fixture.write("probe.service", service);
  CHECK(
      shown(fixture.read()) ==
      Lines{"SOURCE/probe.service bundle-file-unused: probe.service would not be installed: with supervision "
            "agent-sidecar it is not systemd that starts the program"});
}

TEST_CASE("what is compiled in has no files but its manifest and the config_schema") {
  Fixture fixture;
  std::string text = manifest_text("config-toggle");
  text.replace(text.find("pushed-artifact"), 15, "compiled-in");
  fixture.write("addon.yaml", text);
  CHECK(fixture.read().bundle.has_value());
  fixture.write("probe", "x");
  const ReadBundle read = fixture.read();
  REQUIRE(read.findings.size() == 1);
  CHECK(read.findings[0].rule == &rules::bundle_file_unused);
}
