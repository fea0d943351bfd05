#include "bundle/transport.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "facts.hpp"
#include "linux/directory.hpp"
#include "service/caged_reader.hpp"

using namespace addon;
using namespace addon::service;
using namespace addon::service::test;
using namespace addon::bundle::test;

namespace {

std::shared_ptr<const host::Directory> directory(const std::string& path) {
  auto opened = linux::open_directory_path(path);
  REQUIRE(opened);
  return std::move(*opened);
}

bundle::ReadBundle read_as_directory(const std::string& path) {
  return bundle::read_directory(directory(path), "SOURCE", bundle::Origin::bundle, {});
}

/// What comes of it when it is packed by one process and read by another.
Facts sent(const std::string& path, bool& was_packed) {
  const Fixture fixture;
  std::string bytes;
  const auto refused =
      bundle::pack_for_transport(directory(path), "SOURCE", [&](std::span<const std::byte> more) {
        bytes.append(reinterpret_cast<const char*>(more.data()), more.size());
        return Result<>();
      });
  REQUIRE(refused);
  was_packed = refused->empty();
  if (!was_packed) return facts(*refused);
  fixture.write("packed", bytes);
  const auto read = CagedReader(terms()).read_archive(
      *open(fixture, "packed"), "SOURCE",
      {.into = make_into(fixture, "into"), .form = bundle::Form::directory});
  REQUIRE(read);
  if (read->bundle && read->bundle->manifest.delivery.value == manifest::Delivery::pushed_artifact) {
    // What is moved into place is what is staged, and nothing else.
    REQUIRE(read->bundle->unpacked);
    std::vector<std::string> files;
    for (const bundle::BundleFile& file : read->bundle->files) files.push_back(file.path.str());
    CHECK(files_below(fixture.path("into")) == files);
  }
  return facts(*read);
}

Facts sent(const Fixture& fixture) {
  bool was_packed = false;
  return sent(fixture.path(), was_packed);
}

}  // namespace

TEST_CASE("a directory that was packed for its way is the bundle that it was") {
  NEEDS_ROOT();
  int packed = 0;
  for (const std::string& path : bundle_directories()) {
    INFO(path);
    bool was_packed = false;
    CHECK(sent(path, was_packed) == facts(read_as_directory(path)));
    packed += was_packed ? 1 : 0;
  }
  CHECK(packed >= 5);
}

TEST_CASE("a broken one has the same findings, whatever is wrong with its manifest or units") {
  NEEDS_ROOT();
  int sound = 0;
  for (const Text& manifest : manifest_texts()) {
    const Fixture fixture;
    write_service_bundle(fixture);
    fixture.write("addon.yaml", manifest.bytes);
    CHECK(sent(fixture) == facts(read_as_directory(fixture.path())));
  }
  for (const Text& unit : unit_texts()) {
    INFO(unit.name);
    const Fixture fixture;
    write_service_bundle(fixture, "systemd: {primary: probe.service}\n");
    fixture.write(unit.name, unit.bytes);
    const bundle::ReadBundle own = read_as_directory(fixture.path());
    CHECK(sent(fixture) == facts(own));
    sound += own.bundle ? 1 : 0;
  }
  CHECK(sound > 10);
}

TEST_CASE("a signature goes with its directory, and is not staged") {
  NEEDS_ROOT();
  const Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("addon.yaml.minisig", "untrusted comment: x\n");
  const bundle::ReadBundle own = read_as_directory(fixture.path());
  REQUIRE(own.bundle);
  REQUIRE(own.bundle->signature);
  CHECK(own.bundle->listing.size() == 4);
  CHECK(sent(fixture) == facts(own));
  fixture.write("addon.yaml.minisig", std::string(20'000, 'x'));
  CHECK(sent(fixture) == facts(read_as_directory(fixture.path())));
}

TEST_CASE("what a directory may have and an archive may not goes through") {
  NEEDS_ROOT();
  const Fixture fixture;
  write_service_bundle(fixture);
  fixture.write("share/one", "1");
  fixture.write("share/ONE", "2");
  fixture.write("zeros", std::string(70'000'000, '\0'));
  fixture.write("\xc3\xa4/" + std::string(120, 'n'), "name");
  const bundle::ReadBundle own = read_as_directory(fixture.path());
  REQUIRE(own.bundle);
  CHECK(own.bundle->files.size() == 8);
  CHECK(sent(fixture) == facts(own));
}

TEST_CASE("what cannot be packed has the findings of its directory") {
  NEEDS_ROOT();
  const auto check = [](const std::function<void(const Fixture&)>& spoil) {
    const Fixture fixture;
    write_service_bundle(fixture);
    spoil(fixture);
    bool was_packed = true;
    const Facts own = facts(read_as_directory(fixture.path()));
    CHECK(sent(fixture.path(), was_packed) == own);
    CHECK_FALSE(was_packed);
    CHECK_FALSE(own.empty());
  };
  namespace fs = std::filesystem;
  check([](const Fixture& fixture) { fs::create_symlink("/etc/shadow", fixture.path("link")); });
  check([](const Fixture& fixture) { fs::create_hard_link(fixture.path("probe"), fixture.path("again")); });
  check([](const Fixture& fixture) { REQUIRE(chmod(fixture.path("probe").c_str(), 04755) == 0); });
  check([](const Fixture& fixture) { fixture.write("a\nb", ""); });
  check([](const Fixture& fixture) { fixture.write("1/2/3/4/5/6/7/8/9", ""); });
  check([](const Fixture& fixture) { fs::remove(fixture.path("addon.yaml")); });
  check([](const Fixture& fixture) {
    fs::rename(fixture.path("addon.yaml"), fixture.path("a.addon.yaml"));
    fs::copy(fixture.path("a.addon.yaml"), fixture.path("b.addon.yaml"));
  });
}

TEST_CASE("a manifest of another name is the first, too") {
  NEEDS_ROOT();
  const Fixture fixture;
  write_service_bundle(fixture);
  std::filesystem::rename(fixture.path("addon.yaml"), fixture.path("zz.addon.yaml"));
  fixture.write("zz.addon.yaml.minisig", "untrusted comment: x\n");
  const bundle::ReadBundle own = read_as_directory(fixture.path());
  REQUIRE(own.bundle);
  CHECK(sent(fixture) == facts(own));
}
