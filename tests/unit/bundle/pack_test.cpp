#include "bundle/pack.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "bundle/tar_header.hpp"
#include "fixture.hpp"
#include "tar.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;
using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

Result<std::string> packed(const ReadBundle& read, Packing packing = Packing::zstd) {
  REQUIRE(read.bundle);
  std::string bytes;
  TRY(pack(*read.bundle, packing, [&](std::span<const std::byte> more) {
    bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
    return Result<>();
  }));
  return bytes;
}

const std::string long_name = "share/" + std::string(120, 'l') + "/" + std::string(90, 'n');

void write_all_kinds(const Fixture& fixture) {
  write_service_bundle(fixture);
  fixture.write("share/b", "b");
  fixture.write("share/a", "a");
  fixture.write("empty", "");
  fixture.write("gr\u00fc\u00df", "umlaut");
  fixture.write(long_name, "long");
  fixture.write(std::string(150, 'x'), "too long for ustar");
}

}  // namespace

TEST_CASE("the same files give the same bytes, whatever else is different about them") {
  Fixture one;
  write_all_kinds(one);
  Fixture two;
  // In another order, with other times, owners and modes.
  fs::remove(two.path("config.schema.json"));
  two.write(std::string(150, 'x'), "too long for ustar");
  two.write("share/a", "a");
  write_all_kinds(two);
  two.write("config.schema.json", "{}");
  const timespec then[2] = {{1000000000, 5}, {1000000001, 7}};
  for (const auto& entry : fs::recursive_directory_iterator(two.path())) {
    REQUIRE(utimensat(AT_FDCWD, entry.path().c_str(), then, 0) == 0);
    if (!entry.is_regular_file()) continue;
    REQUIRE(chmod(entry.path().c_str(), 0640) == 0);
    if (geteuid() == 0) REQUIRE(chown(entry.path().c_str(), 12, 34) == 0);
  }
  for (const Packing packing : {Packing::gzip, Packing::zstd}) {
    const auto first = packed(one.read(), packing);
    const auto second = packed(two.read(), packing);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(*first == *second);
  }
}

TEST_CASE("what is packed is read as what it was packed from") {
  Fixture fixture;
  write_all_kinds(fixture);
  const ReadBundle before = fixture.read();
  for (const Packing packing : {Packing::gzip, Packing::zstd}) {
    const ReadBundle after = read_bytes(*packed(before, packing));
    CHECK(shown(after).empty());
    REQUIRE(after.bundle);
    REQUIRE(after.bundle->files.size() == before.bundle->files.size());
    for (std::size_t i = 0; i < after.bundle->files.size(); ++i) {
      CHECK(after.bundle->files[i].path == before.bundle->files[i].path);
      CHECK(after.bundle->files[i].sha256 == before.bundle->files[i].sha256);
      CHECK(after.bundle->files[i].mode == before.bundle->files[i].mode);
    }
  }
}

TEST_CASE("a file that is not what was hashed any more is not packed") {
  Fixture fixture;
  write_service_bundle(fixture);
  const ReadBundle read = fixture.read();
  fixture.write("probe", "#!/bin/evil\n");
  const auto bytes = packed(read);
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().message() ==
        "cannot pack SOURCE/probe: it changed while it was packed; try again when nothing writes to it");
}

TEST_CASE("a path that a ustar header has room for needs no other") {
  CHECK(tar_header_of("probe", 0, 0755).size() == kTarBlock);
  CHECK(tar_header_of(std::string(100, 'x'), 0, 0644).size() == kTarBlock);
  CHECK(tar_header_of(std::string(101, 'x'), 0, 0644).size() == 3 * kTarBlock);
  CHECK(tar_header_of(std::string(155, 'd') + "/" + std::string(100, 'n'), 0, 0644).size() == kTarBlock);
  CHECK(tar_header_of(std::string(156, 'd') + "/" + std::string(100, 'n'), 0, 0644).size() == 3 * kTarBlock);
  CHECK(tar_header_of("\u00fc", 0, 0644).size() == 3 * kTarBlock);
}
