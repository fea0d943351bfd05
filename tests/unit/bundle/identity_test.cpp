#include <catch2/catch.hpp>
#include <cstdio>

#include "fixture.hpp"
#include "linux/directory.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;

TEST_CASE("digests are those of the files' bytes") {
  Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("empty", "");
  const ReadBundle read = fixture.read();
  REQUIRE(read.bundle);
  CHECK(read.bundle->manifest_sha256 == Digest::of(manifest_text("systemd-service")));
  for (const BundleFile& file : read.bundle->files) {
    INFO(file.path.str());
    if (file.path.str() == "addon.yaml") CHECK(file.sha256 == read.bundle->manifest_sha256);
    if (file.path.str() == "probe") CHECK(file.sha256 == Digest::of("#!/bin/true\n"));
    if (file.path.str() == "probe.service") CHECK(file.sha256 == Digest::of(service));
    if (file.path.str() == "empty") {
      // sha256sum /dev/null
      CHECK(file.sha256.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
      CHECK(file.size == 0);
    }
  }
  REQUIRE(read.bundle->units.size() == 1);
  CHECK(read.bundle->units.front().sha256 == Digest::of(service));
  CHECK(read.bundle->units.front().size == service.size());
}

TEST_CASE("unread, everything is known of a file but its digest") {
  Fixture fixture;
  write_service_bundle(fixture);
  const ReadBundle hashed = fixture.read();
  auto directory = linux::open_directory_path(fixture.path());
  REQUIRE(directory);
  const ReadBundle unread =
      read_directory(std::move(*directory), "SOURCE", Origin::bundle, {}, Contents::unread);
  REQUIRE(hashed.bundle);
  REQUIRE(unread.bundle);
  CHECK(unread.bundle->manifest_sha256 == hashed.bundle->manifest_sha256);
  REQUIRE(unread.bundle->files.size() == hashed.bundle->files.size());
  for (std::size_t i = 0; i < unread.bundle->files.size(); ++i) {
    const BundleFile& file = unread.bundle->files[i];
    CHECK(file.path == hashed.bundle->files[i].path);
    CHECK(file.size == hashed.bundle->files[i].size);
    CHECK(file.sha256 == Digest{});
  }
}

TEST_CASE("a digest that is known by identity is taken, and not for a file that has changed") {
  Fixture fixture;
  write_service_bundle(fixture);
  const Digest marker = Digest::of("known");
  host::KnownDigests known;
  const auto digest_of_binary = [&] {
    const ReadBundle read = fixture.read(Origin::bundle, known);
    REQUIRE(read.bundle);
    for (const BundleFile& file : read.bundle->files) {
      if (file.path.str() != "probe") continue;
      known.emplace(file.identity, marker);
      return file.sha256;
    }
    FAIL("the bundle has no probe");
    return Digest();
  };
  CHECK(digest_of_binary() == Digest::of("#!/bin/true\n"));
  CHECK(digest_of_binary() == marker);
  fixture.write("probe", "#!/bin/false\n");
  CHECK(digest_of_binary() == Digest::of("#!/bin/false\n"));
}

TEST_CASE("what is parsed is hashed as it was parsed, whatever is known") {
  Fixture fixture;
  write_service_bundle(fixture);
  host::KnownDigests known;
  const ReadBundle first = fixture.read();
  REQUIRE(first.bundle);
  for (const BundleFile& file : first.bundle->files) known.emplace(file.identity, Digest::of("a lie"));
  const ReadBundle second = fixture.read(Origin::bundle, known);
  REQUIRE(second.bundle);
  CHECK(second.bundle->manifest_sha256 == first.bundle->manifest_sha256);
  CHECK(second.bundle->units.front().sha256 == first.bundle->units.front().sha256);
}

TEST_CASE("the bundle's directory is held open, so that it may be moved before it is staged") {
  Fixture fixture;
  write_service_bundle(fixture);
  const ReadBundle read = fixture.read();
  REQUIRE(read.bundle);
  REQUIRE(rename(fixture.path("probe").c_str(), fixture.path("other").c_str()) == 0);
  const auto file = read.bundle->directory->open_file(RelativePath::of({"other"}));
  REQUIRE(file);
  CHECK((*file)->state()->identity.inode == read.bundle->files[2].identity.inode);
}
