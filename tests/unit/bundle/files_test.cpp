#include <unistd.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;
using Lines = std::vector<std::string>;

namespace {

Lines staged(const ReadBundle& read) {
  Lines lines;
  REQUIRE(read.bundle);
  for (const BundleFile& file : read.bundle->files) {
    std::string mode;
    for (int shift = 6; shift >= 0; shift -= 3) mode += static_cast<char>('0' + ((file.mode >> shift) & 7U));
    lines.push_back(file.path.str() + " " + mode);
  }
  return lines;
}

}  // namespace

TEST_CASE("without a list every regular file belongs to the add-on, at any depth") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("share/rules/a.rule", "a");
  const ReadBundle read = fixture.read();
  CHECK(shown(read).empty());
  CHECK(staged(read) == Lines{"addon.yaml 644", "config.schema.json 644", "probe 755", "probe.service 644",
                              "share/rules/a.rule 644"});
}

TEST_CASE("only its group may execute a binary that gets capabilities") {
  Fixture fixture;
  std::string text = manifest_text("ephemeral-helper");
  text.replace(text.find("os_capabilities: []"), 19, "os_capabilities: [CAP_NET_RAW]");
  fixture.write("addon.yaml", text);
  fixture.write("probe", "x");
  CHECK(staged(fixture.read()) == Lines{"addon.yaml 644", "config.schema.json 644", "probe 750"});
}

TEST_CASE("a listed file gets the mode that the list gives it") {
  Fixture fixture;
  write_service_bundle(fixture, "files: [{path: lib/helper, mode: \"0755\"}, {path: lib/data}]\n");
  fixture.write("lib/helper", "x");
  fixture.write("lib/data", "y");
  CHECK(staged(fixture.read()) == Lines{"addon.yaml 644", "config.schema.json 644", "lib/data 644",
                                        "lib/helper 755", "probe 755", "probe.service 644"});
}

TEST_CASE("a file that the list does not name is refused, each by name") {
  Fixture fixture;
  write_service_bundle(fixture, "files: [{path: data}]\n");
  fixture.write("data", "x");
  fixture.write("backdoor", "x");
  fixture.write("lib/other", "x");
  const ReadBundle read = fixture.read();
  CHECK_FALSE(read.bundle);
  CHECK(shown(read) == Lines{"SOURCE/backdoor bundle-file-unlisted: \"backdoor\" is not one of the files "
                             "that the manifest lists",
                             "SOURCE/lib/other bundle-file-unlisted: \"lib/other\" is not one of the files "
                             "that the manifest lists"});
}

TEST_CASE("a listed file that is absent is refused at the line that lists it") {
  Fixture fixture;
  write_service_bundle(fixture, "files:\n  - {path: data}\n  - {path: lib}\n");
  fixture.write("lib/real", "x");
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/addon.yaml:14 bundle-file-missing: the bundle has no file \"data\"",
              "SOURCE/addon.yaml:15 bundle-file-missing: \"lib\" is a directory of the bundle, not a file",
              "SOURCE/lib/real bundle-file-unlisted: \"lib/real\" is not one of the files that the manifest "
              "lists"});
}

TEST_CASE("a binary that is absent is refused") {
  Fixture fixture;
  fixture.write("addon.yaml", manifest_text("agent-sidecar"));
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/addon.yaml:11 bundle-file-missing: the bundle has no file \"probe\", the binary"});
}

TEST_CASE("a config_schema that is absent is a warning") {
  Fixture fixture;
  write_service_bundle(fixture);
  REQUIRE(unlink(fixture.path("config.schema.json").c_str()) == 0);
  const ReadBundle read = fixture.read();
  CHECK(read.bundle);
  CHECK(
      shown(read) ==
      Lines{"SOURCE/addon.yaml:12 config-schema-missing: the bundle has no file \"config.schema.json\", the "
            "config_schema"});
  CHECK(read.findings.front().addon == "probe");
}

TEST_CASE("an os-package stages nothing and needs neither binary nor units") {
  Fixture fixture;
  std::string text = manifest_text("systemd-service", "systemd: {units: [probe.service]}\n");
  text.replace(text.find("pushed-artifact"), 15, "os-package");
  fixture.write("addon.yaml", text);
  const ReadBundle read = fixture.read();
  CHECK(shown(read).empty());
  CHECK(staged(read).empty());
  CHECK(read.bundle->units.empty());
  CHECK(read.bundle->primary->str() == "probe.service");
}
