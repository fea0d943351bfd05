// What a manifest is refused for, message by message.
#include <catch2/catch.hpp>

#include "manifest/checks.hpp"
#include "texts.hpp"

using namespace addon;
using namespace addon::manifest;
using Lines = std::vector<std::string>;

TEST_CASE("each missing key of a manifest is a finding") {
  for (const char* line :
       {"id: probe\n", "name: Probe\n", "version: 1.4.2\n", "kind: native\n", "delivery: pushed-artifact\n",
        "supervision: systemd-service\n", "capabilities: [probing]\n", "config_schema: config.schema.json\n",
        "requires: {}\n", "exec: {binary: probe}\n"}) {
    const std::string key = std::string(line).substr(0, std::string(line).find(':'));
    CAPTURE(key);
    const Lines found = faults(manifest_with(line, ""));
    REQUIRE(found.size() == 1);
    CHECK(found[0].find("1:1 schema-missing-key: the document lacks the required key \"" + key +
                        "\" | add \"" + key) == 0);
  }
  CHECK(faults(manifest_with("{binary: probe}", "{}")) ==
        Lines{"10:7 schema-missing-key /exec: exec lacks the required key \"binary\" | add \"binary\": a "
              "file name without "
              "a directory"});
}

TEST_CASE("words of a manifest that do not exist are refused") {
  CHECK(faults(manifest_with("systemd-service", "systemd-servcie")) ==
        Lines{"6:14 schema-enum /supervision: supervision is \"systemd-servcie\", but must be one of "
              "config-toggle, "
              "agent-sidecar, systemd-service, systemd-timer, ephemeral-helper; did you mean "
              "\"systemd-service\"? | write "
              "\"systemd-service\""});
  CHECK(
      faults(manifest_and("confg_schema: x\n")) ==
      Lines{
          "11:1 schema-unknown-key /confg_schema: unknown key \"confg_schema\" in the document; did you mean "
          "\"config_schema\"? | write \"config_schema\""});
  CHECK(faults(manifest_with("requires: {}", "requires: {platforms: [linx]}")) ==
        Lines{"9:24 schema-enum /requires/platforms/0: requires.platforms[0] is \"linx\", but must be one of "
              "linux, darwin, "
              "windows, freebsd, netbsd, openbsd, dragonfly, solaris, illumos, aix; did you mean \"linux\"? "
              "| write "
              "\"linux\""});
}

TEST_CASE("product capabilities are not empty and not repeated") {
  CHECK(faults(manifest_with("[probing]", "[]")) ==
        Lines{"7:15 schema-length /capabilities: capabilities must not be empty"});
  CHECK(faults(manifest_with("[probing]", "[a, a]")) ==
        Lines{"7:19 schema-duplicate-item /capabilities/1: capabilities[1] repeats \"a\", which is already "
              "on line 7 | "
              "remove one of the two"});
}

TEST_CASE("an id is one safe lower-case word") {
  const std::string wanted =
      ", but must be an add-on id such as packet-probe: lower-case letters, digits, '.', '_' and '-', "
      "beginning with a "
      "letter or digit";
  CHECK(faults(manifest_with("id: probe", "id: ../etc")) ==
        Lines{"1:5 schema-pattern /id: id is \"../etc\"" + wanted});
  CHECK(faults(manifest_with("id: probe", "id: Probe")) ==
        Lines{"1:5 schema-pattern /id: id is \"Probe\"" + wanted});
  CHECK(faults(manifest_with("id: probe", "id: -probe")) ==
        Lines{"1:5 schema-pattern /id: id is \"-probe\"" + wanted});
  CHECK(faults(manifest_with("id: probe", "id: ''")).size() == 1);
  // Where '$' matches before a newline, this is an id.
  CHECK_FALSE(faults(manifest_with("id: probe", "id: \"probe\\n\"")).empty());
  CHECK(faults(manifest_with("id: probe", "id: a..b")).size() == 1);
  CHECK(faults(manifest_with("id: probe", "id: " + std::string(64, 'a'))).empty());
  CHECK(faults(manifest_with("id: probe", "id: " + std::string(65, 'a'))) ==
        Lines{"1:5 schema-length /id: id has 65 characters, more than the limit of 64 | shorten it"});
}

TEST_CASE("a version is SemVer") {
  for (const char* version : {"1.2.3", "0.0.0", "1.0.0-rc.1", "1.0.0+build.5", "1.0.0-0a"}) {
    CAPTURE(version);
    CHECK(faults(manifest_with("version: 1.4.2", "version: " + std::string(version))).empty());
  }
  for (const char* version :
       {"1", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-01", "1.2.3-", "1.2.3+", "../1.2.3", "''"}) {
    CAPTURE(version);
    CHECK(faults(manifest_with("version: 1.4.2", "version: " + std::string(version))).size() == 1);
  }
}

TEST_CASE("no control character reaches a unit or a path") {
  const auto message = [](std::string_view label, std::string_view shown) {
    return std::string(label) + " is " + std::string(shown) +
           ", which has a control character in it | remove the control character";
  };
  CHECK(faults(manifest_with("id: probe", "id: \"netprobe\\n\"")) ==
        Lines{"1:5 control-character /id: " + message("id", "\"netprobe\\x0a\"")});
  CHECK(
      faults(manifest_with("requires: {}", "requires: {run_as: \"root\\nUser=x\"}")) ==
      Lines{"9:20 control-character /requires/run_as: " + message("requires.run_as", "\"root\\x0aUser=x\"")});
  CHECK(faults(manifest_and("resources: {slice: \"a.slice\\n\"}\n")) ==
        Lines{"11:20 control-character /resources/slice: " + message("resources.slice", "\"a.slice\\x0a\"")});
  CHECK(faults(manifest_and("systemd: {units: [\"a\\n.service\"]}\n")) ==
        Lines{"11:19 control-character /systemd/units/0: " +
              message("systemd.units[0]", "\"a\\x0a.service\"")});
  CHECK(faults(manifest_with("{binary: probe}", "{binary: \"a\\0b\"}")) ==
        Lines{"10:16 control-character /exec/binary: " + message("exec.binary", "\"a\\x00b\"")});
  CHECK(faults(manifest_with("{binary: probe}", "{binary: probe, args: [\"a\\nb\"]}")) ==
        Lines{"10:30 control-character /exec/args/0: " + message("exec.args[0]", "\"a\\x0ab\"")});
  CHECK(faults(manifest_and("files: [{path: \"a\\rb\"}]\n")) ==
        Lines{"11:16 control-character /files/0/path: " + message("files[0].path", "\"a\\x0db\"")});
  CHECK(faults(manifest_and("state_dirs: [\"/var/lib/a\\n\"]\n")) ==
        Lines{"11:14 control-character /state_dirs/0: " + message("state_dirs[0]", "\"/var/lib/a\\x0a\"")});
  CHECK(
      faults(manifest_and("state_dirs: [{path: /var/lib/a, owner: \"a\\t\"}]\n")) ==
      Lines{"11:40 control-character /state_dirs/0/owner: " + message("state_dirs[0].owner", "\"a\\x09\"")});
  CHECK(faults(manifest_with("name: Probe", "name: \"Pro\\x7fbe\"")) ==
        Lines{"2:7 control-character /name: " + message("name", "\"Pro\\x7fbe\"")});
}

TEST_CASE("run_as looks like a user's name or is empty") {
  for (const char* user : {"root", "_apt", "a-b_c9", "machine$", "''"}) {
    CAPTURE(user);
    CHECK(faults(manifest_with("requires: {}", "requires: {run_as: " + std::string(user) + "}")).empty());
  }
  CHECK(faults(manifest_with("requires: {}", "requires: {run_as: Root}")) ==
        Lines{"9:20 schema-pattern /requires/run_as: requires.run_as is \"Root\", but must be a user name "
              "such as "
              "addon-probe: lower-case letters, digits, '_' and '-', beginning with a letter or '_'"});
  for (const char* user : {"1000", "a b", "a$b", "'%u'", "a:b"}) {
    CAPTURE(user);
    CHECK(faults(manifest_with("requires: {}", "requires: {run_as: " + std::string(user) + "}")).size() == 1);
  }
}

TEST_CASE("the binary is one safe file name") {
  const std::string at = "10:16 unsafe-path /exec/binary: exec.binary is ";
  CHECK(faults(manifest_with("{binary: probe}", "{binary: ../evil}")) ==
        Lines{at + "\"../evil\", but must be a file name without a directory"});
  CHECK(faults(manifest_with("{binary: probe}", "{binary: bin/probe}")) ==
        Lines{at + "\"bin/probe\", but must be a file name without a directory"});
  for (const char* name : {"..", ".", "/probe", "'a\\b'", "''"}) {
    CAPTURE(name);
    CHECK(faults(manifest_with("{binary: probe}", "{binary: " + std::string(name) + "}")).size() == 1);
  }
}

TEST_CASE("an install path is absolute") {
  CHECK(faults(manifest_with("{binary: probe}", "{binary: probe, install_path: lib/bin}")) ==
        Lines{"10:37 unsafe-path /exec/install_path: exec.install_path is \"lib/bin\", but must be an "
              "absolute path such "
              "as /usr/lib/packet-probe/bin"});
}

TEST_CASE("state directories stay below /var/NAME, /run and /srv") {
  for (const char* path : {"/var/lib/x", "/var/lib/x/spool", "/run/x", "/srv/x", "/var/cache/x.y"}) {
    CAPTURE(path);
    CHECK(is_state_path(path));
    const Lines found = faults(manifest_and("state_dirs: [" + std::string(path) + "]\n"));
    // What is gone after each boot is not made.
    CHECK(found.size() == (std::string_view(path).starts_with("/run") ? 1 : 0));
  }
  for (const char* path : {"/",
                           "/etc",
                           "/etc/x",
                           "/var",
                           "/var/",
                           "/var/lib",
                           "/var/lib/",
                           "/run",
                           "/run/",
                           "/srv",
                           "var/lib/x",
                           "/var/lib/../../etc",
                           "/var/lib/./x",
                           "/var//lib/x",
                           "/var/lib//x",
                           "/var/lib/x/",
                           "//run/x",
                           "/runx/y",
                           "/var/lib/..",
                           "/run/..",
                           "/home/x",
                           "/usr/lib/x",
                           "/var/lib/addonctl",
                           "/var/lib/addonctl/generations",
                           "/run/addonctl",
                           "''"}) {
    CAPTURE(path);
    CHECK_FALSE(is_state_path(path));
    CHECK(faults(manifest_and("state_dirs: [" + std::string(path) + "]\n")).size() == 1);
    CHECK(faults(manifest_and("state_dirs: [{path: " + std::string(path) + "}]\n")).size() == 1);
  }
  CHECK(faults(manifest_and("state_dirs: [/etc, /]\n")) ==
        Lines{"11:14 unsafe-path /state_dirs/0: state_dirs[0] is \"/etc\", but must be an absolute path "
              "below a directory "
              "of /var, or below /run or /srv, such as /var/lib/packet-probe",
              "11:20 unsafe-path /state_dirs/1: state_dirs[1] is \"/\", but must be an absolute path below a "
              "directory of "
              "/var, or below /run or /srv, such as /var/lib/packet-probe"});
  CHECK(faults(manifest_and("state_dirs: [/var/lib/../etc]\n")) ==
        Lines{"11:14 unsafe-path /state_dirs/0: state_dirs[0] is \"/var/lib/../etc\", but must be a path "
              "below a directory "
              "of /var, or below /run or /srv, without '.', '..', '//' or a '/' at its end"});
}

TEST_CASE("modes let nobody write who should not") {
  CHECK(faults(manifest_and("files: [{path: a, mode: '4755'}]\n")) ==
        Lines{"11:25 schema-pattern /files/0/mode: files[0].mode is \"4755\", but must be an octal mode that "
              "lets nobody "
              "but the owner write, such as \"0644\""});
  for (const char* mode : {"0666", "0775", "999", "rw", "02755"}) {
    CAPTURE(mode);
    CHECK(faults(manifest_and("files: [{path: a, mode: " + std::string(mode) + "}]\n")).size() == 1);
  }
  CHECK(faults(manifest_and("state_dirs: [{path: /srv/x, mode: '0777'}]\n")) ==
        Lines{"11:35 schema-pattern /state_dirs/0/mode: state_dirs[0].mode is \"0777\", but must be an octal "
              "mode that does "
              "not let everyone write, such as \"0750\""});
}

TEST_CASE("files stay inside the bundle and are named once") {
  for (const char* path : {"../x", "/etc/passwd", "a//b", "a/../b", ".", "'a\\b'"}) {
    CAPTURE(path);
    const Lines found = faults(manifest_and("files: [{path: " + std::string(path) + "}]\n"));
    REQUIRE(found.size() == 1);
    CHECK(found[0].find("11:16 unsafe-path /files/0/path: files[0].path: ") == 0);
  }
  CHECK(faults(manifest_and("files:\n- path: a\n- path: a\n")) ==
        Lines{"13:9 schema-duplicate-item /files/1/path: files[1].path repeats \"a\", which is already on "
              "line 12 | remove "
              "one of the two"});
  CHECK(faults(manifest_with("config.schema.json", "../config.json")).size() == 1);
}

TEST_CASE("unit names are safe") {
  CHECK(faults(manifest_and("systemd: {units: [probe.conf]}\n")) ==
        Lines{"11:19 unsafe-unit-name /systemd/units/0: systemd.units[0] is \"probe.conf\", but must be the "
              "name of a "
              ".service or .timer"});
  for (const char* name : {"../probe.service", "a/b.service", "probe", "''", "-a.service", "'a,b.service'",
                           "a@.service", "'a\\b.service'", ".service", "'a b.service'"}) {
    CAPTURE(name);
    const Lines found = faults(manifest_and("systemd: {units: [" + std::string(name) + "]}\n"));
    CHECK(found.size() == 1);
  }
}

TEST_CASE("the primary unit is one of the units and fits the supervision") {
  CHECK(faults(manifest_and("systemd: {units: [a.service], primary: b.service}\n")) ==
        Lines{"11:40 primary-unit-missing /systemd/primary: systemd.primary is b.service, which is not in "
              "systemd.units | "
              "add it to systemd.units"});
  CHECK(faults(manifest_and("systemd: {units: [a.service, a.timer], primary: a.timer}\n")) ==
        Lines{"11:49 primary-unit-missing /systemd/primary: systemd.primary is a.timer, but systemd-service "
              "starts a "
              ".service | name a .service, or change supervision"});
  CHECK(faults(manifest_with("systemd-service", "systemd-timer", "systemd: {primary: a.service}\n")) ==
        Lines{"11:20 primary-unit-missing /systemd/primary: systemd.primary is a.service, but systemd-timer "
              "starts a "
              ".timer | name a .timer, or change supervision"});
  CHECK(faults(manifest_and("systemd: {primary: a.service}\n")).empty());
}

TEST_CASE("deliveries and supervision models go together or are a finding") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> good = {
      {"compiled-in", {"config-toggle"}},
      {"pushed-artifact", {"agent-sidecar", "systemd-service", "systemd-timer", "ephemeral-helper"}},
      {"os-package", {"systemd-service", "systemd-timer", "agent-sidecar"}}};
  int pairs = 0;
  for (const auto& [delivery, models] : good) {
    for (const std::string model :
         {"config-toggle", "agent-sidecar", "systemd-service", "systemd-timer", "ephemeral-helper"}) {
      CAPTURE(delivery, model);
      std::string text = manifest_with("pushed-artifact", delivery);
      text.replace(text.find("systemd-service"), 15, model);
      const bool is_good = std::find(models.begin(), models.end(), model) != models.end();
      CHECK(faults(text).size() == (is_good ? 0U : 1U));
      ++pairs;
    }
  }
  CHECK(pairs == 15);
  CHECK(faults(manifest_with("pushed-artifact", "compiled-in")) ==
        Lines{"6:14 delivery-supervision-mismatch /supervision: supervision systemd-service does not go with "
              "delivery "
              "compiled-in | use supervision config-toggle, or change delivery"});
}

TEST_CASE("resources keep to their bounds and to each other") {
  CHECK(faults(manifest_and("resources: {memory_max_bytes: 100, memory_high_bytes: 200}\n")) ==
        Lines{"11:55 memory-high-above-max /resources/memory_high_bytes: resources.memory_high_bytes is 200, "
              "more than "
              "resources.memory_max_bytes, which is 100 | lower it, or raise memory_max_bytes"});
  CHECK(faults(manifest_and("resources: {memory_max_bytes: 100, memory_high_bytes: 100}\n")).empty());
  CHECK(faults(manifest_and("resources: {cpu_max_percent: 0}\n")) ==
        Lines{"11:30 schema-range /resources/cpu_max_percent: resources.cpu_max_percent is 0, but must be at "
              "least 1"});
  CHECK(faults(manifest_and("resources: {tasks_max: 0, memory_max_bytes: -1, memory_high_bytes: 0}\n"))
            .size() == 3);
  CHECK(faults(manifest_and("resources: {disk: 1}\n")) ==
        Lines{"11:13 schema-unknown-key /resources/disk: unknown key \"disk\" in resources | remove it; the "
              "keys known here "
              "are cpu_max_percent, memory_high_bytes, memory_max_bytes, slice, tasks_max"});
  for (const char* slice : {"a", "-a.slice", "a--b.slice", "a/b.slice", "'a b.slice'", ".slice"}) {
    CAPTURE(slice);
    CHECK(faults(manifest_and("resources: {slice: " + std::string(slice) + "}\n")).size() == 1);
  }
}

TEST_CASE("durations can be read") {
  const Lines found = faults(manifest_and("health: {timeout: soon}\n"));
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("11:19 schema-pattern /health/timeout: health.timeout: \"soon\" is not a duration") ==
        0);
}

TEST_CASE("version constraints can be read") {
  for (const char* text : {">=1.2.0", "1.2.0", ">=1.0.0 <2.0.0", ">= 1.0.0, < 2.0.0-rc.1", "==1.0.0"}) {
    CAPTURE(text);
    CHECK(is_version_constraint(text));
  }
  for (const char* text : {"", " ", ",", ">=", ">=1.2", "~>1.2.0", "^1.0.0", "latest", ">=1.0.0 <",
                           "1.0.0 || 2.0.0", "=>1.0.0"}) {
    CAPTURE(text);
    CHECK_FALSE(is_version_constraint(text));
  }
  CHECK(faults(manifest_with("requires: {}",
                             "requires: {base_agent: newest, addons: [{id: a, version: '*'}]}")) ==
        Lines{"9:24 version-constraint /requires/base_agent: requires.base_agent is \"newest\", which is not "
              "a version "
              "constraint | write comparisons with SemVer versions, such as \">=1.2.0 <2.0.0\"",
              "9:58 version-constraint /requires/addons/0/version: requires.addons[0].version is \"*\", "
              "which is not a "
              "version constraint | write comparisons with SemVer versions, such as \">=1.2.0 <2.0.0\""});
}

TEST_CASE("everything wrong is reported at once, by the schema and beyond it") {
  const Lines found = faults(R"(id: probe
name: Probe
version: 1.4
kind: native
delivery: compiled-in
supervision: systemd-service
capabilities: [a]
requires: {os_capabilities: [CAP_NOPE]}
exec: {binary: ../evil}
)");
  REQUIRE(found.size() == 5);
  CHECK(found[0].find("1:1 schema-missing-key") == 0);
  CHECK(found[1].find("3:10 schema-pattern") == 0);
  CHECK(found[2].find("6:14 delivery-supervision-mismatch") == 0);
  CHECK(found[3].find("8:30 capability-unknown") == 0);
  CHECK(found[4].find("9:16 unsafe-path") == 0);
}

TEST_CASE("text that is no YAML, or no mapping, gives one finding") {
  CHECK(faults("a: [").size() == 1);
  CHECK(faults("- a\n") ==
        Lines{"1:1 schema-type: the document must be a mapping, but is a list | write a mapping"});
  CHECK(faults("just text") == Lines{"1:1 schema-type: the document must be a mapping, but is the string "
                                     "\"just text\" | write a mapping"});
}
