#include <unistd.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "linux/directory.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;
using Lines = std::vector<std::string>;

TEST_CASE("addon.yaml is the manifest, whatever else has such a name") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("other.addon.yaml", "not a manifest");
  const ReadBundle read = fixture.read();
  CHECK(shown(read).empty());
  CHECK(read.bundle->manifest.file == "SOURCE/addon.yaml");
}

TEST_CASE("without addon.yaml the only NAME.addon.yaml is the manifest") {
  Fixture fixture;
  fixture.write("probe.addon.yaml", manifest_text("ephemeral-helper"));
  fixture.write("probe", "x");
  const ReadBundle read = fixture.read();
  CHECK(shown(read).empty());
  CHECK(read.bundle->manifest.file == "SOURCE/probe.addon.yaml");
}

TEST_CASE("a directory without a manifest says so") {
  Fixture fixture;
  fixture.write("sub/addon.yaml", manifest_text("ephemeral-helper"));
  const ReadBundle read = fixture.read();
  CHECK_FALSE(read.bundle);
  CHECK(shown(read) ==
        Lines{"SOURCE bundle-manifest-missing: the directory has neither addon.yaml nor a NAME.addon.yaml"});
}

TEST_CASE("what else is wrong in a directory without a manifest is not told") {
  Fixture fixture;
  fixture.write("file", "x");
  REQUIRE(symlink("file", (fixture.path() + "/link").c_str()) == 0);
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE bundle-manifest-missing: the directory has neither addon.yaml nor a NAME.addon.yaml"});
}

TEST_CASE("two manifests are named") {
  Fixture fixture;
  fixture.write("b.addon.yaml", "x");
  fixture.write("a.addon.yaml", "x");
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE bundle-manifest-ambiguous: the directory has 2 manifests: a.addon.yaml, b.addon.yaml"});
}

TEST_CASE("find_manifest gives the path or the finding as an error of kind invalid") {
  Fixture fixture;
  auto directory = linux::open_directory_path(fixture.path());
  REQUIRE(directory);
  const auto none = find_manifest(**directory, "SOURCE");
  REQUIRE_FALSE(none);
  CHECK(none.error().kind() == ErrorKind::invalid);
  fixture.write("addon.yaml", "x");
  CHECK(find_manifest(**directory, "SOURCE")->str() == "addon.yaml");
}

TEST_CASE("a broken manifest does not hide what is wrong with the rest") {
  Fixture fixture;
  fixture.write("addon.yaml", "id: [\n");
  fixture.write("probe.service", "[Service]\nUser=probe\nExecStart=/bin/true\nnonsense\n");
  REQUIRE(symlink("/etc/shadow", fixture.path("link").c_str()) == 0);
  const ReadBundle read = fixture.read();
  CHECK_FALSE(read.bundle);
  Lines rules;
  for (const Finding& finding : read.findings) rules.emplace_back(finding.rule->id);
  CHECK(rules == Lines{"document-syntax", "bundle-file-type", "unit-syntax"});
}

TEST_CASE("a manifest over 1 MiB is refused as too large") {
  Fixture fixture;
  fixture.write("addon.yaml", std::string((std::size_t{1} << 20) + 1, '#'));
  const ReadBundle read = fixture.read();
  REQUIRE(read.findings.size() == 1);
  CHECK(read.findings.front().rule->id == "document-too-large");
}

TEST_CASE("a manifest that is a symlink has one finding") {
  Fixture fixture;
  REQUIRE(symlink("/etc/shadow", fixture.path("addon.yaml").c_str()) == 0);
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/addon.yaml bundle-file-type: \"addon.yaml\" is a symlink to \"/etc/shadow\""});
}
