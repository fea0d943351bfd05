#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;
using Lines = std::vector<std::string>;

TEST_CASE("symlinks are refused at any depth, with their targets") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("share/a", "x");
  REQUIRE(symlink("/etc", fixture.path("share/etc").c_str()) == 0);
  REQUIRE(symlink("share", fixture.path("dir").c_str()) == 0);
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/dir bundle-file-type: \"dir\" is a symlink to \"share\"",
              "SOURCE/share/etc bundle-file-type: \"share/etc\" is a symlink to \"/etc\""});
}

TEST_CASE("a binary that is a symlink has one finding") {
  Fixture fixture;
  fixture.write("addon.yaml", manifest_text("ephemeral-helper"));
  REQUIRE(symlink("/bin/true", fixture.path("probe").c_str()) == 0);
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/probe bundle-file-type: \"probe\" is a symlink to \"/bin/true\""});
}

TEST_CASE("a pipe is refused and not waited for") {
  Fixture fixture;
  write_service_bundle(fixture);
  REQUIRE(mkfifo(fixture.path("pipe").c_str(), 0600) == 0);
  CHECK(shown(fixture.read()) == Lines{"SOURCE/pipe bundle-file-type: \"pipe\" is a device, socket or pipe"});
}

TEST_CASE("a hard link is refused under both names") {
  Fixture fixture;
  write_service_bundle(fixture);
  REQUIRE(link(fixture.path("probe").c_str(), fixture.path("twin").c_str()) == 0);
  CHECK(shown(fixture.read()) == Lines{"SOURCE/probe bundle-hard-link: \"probe\" has 2 hard links",
                                       "SOURCE/twin bundle-hard-link: \"twin\" has 2 hard links"});
}

TEST_CASE("set-id and sticky bits are refused in a bundle and not judged in an installed version") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("sticky", "x");
  REQUIRE(chmod(fixture.path("probe").c_str(), 04755) == 0);
  REQUIRE(chmod(fixture.path("sticky").c_str(), 01644) == 0);
  CHECK(
      shown(fixture.read()) ==
      Lines{"SOURCE/probe bundle-set-id: \"probe\" has a set-user-ID, set-group-ID or sticky bit: mode 4755",
            "SOURCE/sticky bundle-set-id: \"sticky\" has a set-user-ID, set-group-ID or sticky bit: mode "
            "1644"});
  CHECK(shown(fixture.read(Origin::installed)).empty());
}

TEST_CASE("files that others may write are taken, because they are copied") {
  Fixture fixture;
  write_service_bundle(fixture);
  REQUIRE(chmod(fixture.path("probe").c_str(), 0777) == 0);
  const ReadBundle read = fixture.read();
  REQUIRE(read.bundle);
  CHECK(read.bundle->files[2].mode == 0755);
}

TEST_CASE("extended attributes are refused in a bundle and not judged in an installed version") {
  Fixture fixture;
  write_service_bundle(fixture);
  // tmpfs of older kernels has no user.* attributes, and only root may set trusted.* ones.
  const char* name = "user.note";
  if (setxattr(fixture.path("probe").c_str(), name, "x", 1, 0) != 0) {
    name = "trusted.note";
    REQUIRE(setxattr(fixture.path("probe").c_str(), name, "x", 1, 0) == 0);
  }
  CHECK(shown(fixture.read()) ==
        Lines{std::string("SOURCE/probe bundle-xattr: \"probe\" has extended attributes: ") + name});
  CHECK(shown(fixture.read(Origin::installed)).empty());
}

TEST_CASE("unsafe names are refused and shown escaped") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("a\nb", "x");
  fixture.write("c\\d", "x");
  fixture.write("e\xff", "x");
  CHECK(shown(fixture.read()) == Lines{"SOURCE/a\\x0ab bundle-file-name: \"a\\x0ab\" is not a safe file name",
                                       "SOURCE/c\\\\d bundle-file-name: \"c\\\\d\" is not a safe file name",
                                       "SOURCE/e\\xff bundle-file-name: \"e\\xff\" is not a safe file name"});
}

TEST_CASE("directories nest at most 8 levels") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("1/2/3/4/5/6/7/file", "x");
  CHECK(fixture.read().bundle);
  fixture.write("1/2/3/4/5/6/7/8/file", "x");
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/1/2/3/4/5/6/7/8 bundle-limit: \"1/2/3/4/5/6/7/8\" is nested deeper than 8 levels"});
}

TEST_CASE("a bundle has at most 4096 files and directories") {
  Fixture fixture;
  write_service_bundle(fixture);
  for (int i = 4; i < 4096; ++i) fixture.write("many" + std::to_string(i), "");
  CHECK(fixture.read().bundle);
  fixture.write("one-more", "");
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE bundle-limit: the bundle has more than 4096 files and directories"});
}

TEST_CASE("a file over 4 GiB is refused without being read") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("large", "");
  REQUIRE(truncate(fixture.path("large").c_str(), (off_t{4} << 30) + 1) == 0);
  CHECK(shown(fixture.read()) ==
        Lines{"SOURCE/large bundle-limit: \"large\" has 4294967297 bytes, more than 4 GiB"});
}

TEST_CASE("everything that is wrong is reported, not the first thing only") {
  Fixture fixture;
  write_service_bundle(fixture, "files: [{path: absent}]\n");
  REQUIRE(chmod(fixture.path("probe").c_str(), 06755) == 0);
  REQUIRE(link(fixture.path("probe").c_str(), fixture.path("twin").c_str()) == 0);
  REQUIRE(symlink("probe", fixture.path("link").c_str()) == 0);
  Lines rules;
  for (const Finding& finding : fixture.read().findings) {
    rules.push_back(finding.at.file.substr(7) + " " + std::string(finding.rule->id));
    CHECK(finding.addon == "probe");
    CHECK_FALSE(finding.fix.empty());
  }
  CHECK(rules == Lines{"addon.yaml bundle-file-missing", "link bundle-file-type", "probe bundle-hard-link",
                       "probe bundle-set-id", "twin bundle-file-unlisted", "twin bundle-hard-link",
                       "twin bundle-set-id"});
}
