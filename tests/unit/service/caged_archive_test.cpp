#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>

#include "facts.hpp"
#include "linux/directory.hpp"
#include "service/caged_reader.hpp"
#include "tar.hpp"

using namespace addon;
using namespace addon::service;
using namespace addon::service::test;
using namespace addon::bundle::test;
using bundle::ArchiveOptions;

namespace {

/// What both readers say of these bytes.
struct Both {
  Facts own;
  Facts caged;
};

Both read_both(const std::string& bytes, const ArchiveOptions& options = {}) {
  const Fixture fixture;
  fixture.write("archive", bytes);
  // Caged first, so that it finds nothing that the other had the C library load.
  const auto caged = CagedReader(terms()).read_archive(*open(fixture, "archive"), "ARCHIVE", options);
  REQUIRE(caged);
  const auto own = bundle::read_archive(*open(fixture, "archive"), "ARCHIVE", options);
  REQUIRE(own);
  return {facts(*own), facts(*caged)};
}

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24U);
  return bytes;
}

}  // namespace

TEST_CASE("a caged process reads what this one reads") {
  NEEDS_ROOT();
  const std::string entries = service_entries();
  const std::string large = tar_file("share/deep/large", noise(3'500'000)) + tar_file("share/empty", "");
  for (const std::string& bytes : {gzip(entries + tar_end()), zstd(entries + large + tar_end())}) {
    const Both both = read_both(bytes);
    CHECK(both.own.size() > 8);
    CHECK(both.caged == both.own);
  }
}

TEST_CASE("a caged process refuses what this one refuses, in the same words") {
  NEEDS_ROOT();
  const std::string good = service_entries();
  const auto packed = [](const std::string& entries) { return gzip(entries + tar_end()); };
  const std::vector<std::string> refused = {
      "",
      "no archive",
      gzip(""),
      packed(""),
      packed(tar_file("probe", "x")),
      packed(tar_file("probe", "x") + good),
      packed(good + tar_header({.name = "link", .type = '2', .link = "/etc/shadow"}) + tar_file("more", "x")),
      packed(good + tar_file("../up", "x")),
      packed(good + tar_file("/etc/passwd", "x")),
      packed(good + tar_file("PROBE", "x")),
      packed(good + tar_file("a\nb", "x")),
      packed(good + tar_file("set", "x", 04755)),
      packed(good + tar_header({.name = "device", .type = '3'})),
      packed(good + pax({{"SCHILY.xattr.security.capability", "x"}}) + tar_file("rights", "x")),
      packed(good + pax({{"path", "\xc3\xa4/\xe2\x82\xac"}}) + tar_file("name", "x")),
      packed(good + pax({{"path", "\xff"}}) + tar_file("name", "x")),
      packed(tar_file("addon.yaml", "id: [") + tar_file("probe", "x")),
      packed(tar_file("addon.yaml", std::string(2'000'000, '#')) + tar_file("probe", "x")),
      packed(tar_file("addon.yaml", manifest_text("systemd-service")) +
             tar_file("probe.service", "x\xff=\n")),
      packed(good).substr(0, 200),
      packed(good) + "more",
      gzip(good + tar_end() + good),
      zstd(good + tar_end(), 27),
      gzip(std::string(70'000'000, '\0')),
  };
  for (const std::string& bytes : refused) {
    INFO(bytes.size());
    const Both both = read_both(bytes);
    CHECK_FALSE(both.own.empty());
    CHECK(both.caged == both.own);
  }
}

TEST_CASE("what was pinned decides first, whoever reads the rest") {
  NEEDS_ROOT();
  const std::string bytes = gzip(service_entries() + tar_end());
  CHECK(read_both(bytes, {.pinned = Digest::of(bytes)}).caged == read_both(bytes).own);
  const Both other = read_both(bytes, {.pinned = Digest::of("other")});
  CHECK(other.own.size() == 1);
  CHECK(other.caged == other.own);
  const Both damaged = read_both(bytes.substr(0, 100), {.pinned = Digest::of(bytes)});
  CHECK(damaged.own.size() == 1);
  CHECK(damaged.caged == damaged.own);
}

TEST_CASE("files that come out of a cage are root's, and what was hashed") {
  NEEDS_ROOT();
  Fixture fixture;
  fixture.write("archive",
                zstd(service_entries() + tar_file("share/deep/data", noise(2'500'000)) + tar_end()));
  const auto read = CagedReader(terms()).read_archive(*open(fixture, "archive"), "ARCHIVE",
                                                      {.into = make_into(fixture, "into")});
  REQUIRE(read);
  REQUIRE(read->bundle);
  REQUIRE(read->bundle->unpacked);
  CHECK(files_below(fixture.path("into")) == std::vector<std::string>{"addon.yaml", "config.schema.json",
                                                                      "probe", "probe.service",
                                                                      "share/deep/data"});
  for (const bundle::BundleFile& file : read->bundle->files) {
    struct stat state {};
    const auto written = open(fixture, "into/" + file.path.str());
    REQUIRE(stat(fixture.path("into/" + file.path.str()).c_str(), &state) == 0);
    CHECK((state.st_mode & 07777U) == 0600);
    CHECK(state.st_uid == 0);
    CHECK(state.st_gid == 0);
    CHECK(state.st_ino == file.identity.inode);
    CHECK(host::hash_file(*written).value() == file.sha256);
  }
}

TEST_CASE("of a bundle that is refused, or too large to be written, no file stays") {
  NEEDS_ROOT();
  const Fixture fixture;
  const std::string entries = service_entries();
  fixture.write("refused", gzip(entries + tar_file("../up", "x") + tar_end()));
  fixture.write("large", gzip(entries + tar_file("data", noise(300'000)) + tar_end()));
  const auto refused = CagedReader(terms()).read_archive(*open(fixture, "refused"), "ARCHIVE",
                                                         {.into = make_into(fixture, "one")});
  REQUIRE(refused);
  CHECK_FALSE(refused->bundle);
  CHECK(files_below(fixture.path("one")).empty());
  const auto large = CagedReader(terms()).read_archive(
      *open(fixture, "large"), "ARCHIVE", {.into = make_into(fixture, "two"), .write_limit = 100'000});
  REQUIRE(large);
  REQUIRE(large->bundle);
  CHECK_FALSE(large->bundle->unpacked);
  CHECK(files_below(fixture.path("two")).empty());
}

TEST_CASE("what is installed can be read in cages, too") {
  NEEDS_ROOT();
  const Fixture fixture;
  write_service_bundle(fixture);
  CagedParser parser(terms());
  for (const char* unit :
       {"[Service]\nUser=probe\nExecStart=/bin/true\n", "[Service]\nNoNewPrivileges=perhaps\n"}) {
    fixture.write("probe.service", unit);
    std::shared_ptr<const host::Directory> directory = std::move(*linux::open_directory_path(fixture.path()));
    const auto read = bundle::read_directory(directory, "SOURCE", bundle::Origin::installed, {},
                                             bundle::Contents::hashed, &parser);
    CHECK(facts(read) == facts(fixture.read(bundle::Origin::installed)));
  }
}

TEST_CASE("a signature that was read in a cage is verified as any other") {
  NEEDS_ROOT();
  // Of a seed of zeros, over the text "fuzz".
  const std::string key =
      "untrusted comment: of a seed of zeros\nRWRmdXp6ZnV6ejtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop\n";
  const std::string good =
      "untrusted comment: by a seed of "
      "zeros\nRURmdXp6ZnV6eg5B28dKZ6vQSc9NY0KS6THFbtewBvX3KTVvMEDPL792v3AvHyDKWKz9cHKscKcU99iVI6gg0TeYJ2TSqq1"
      "u"
      "gQY=\ntrusted comment: id:probe "
      "version:1.0.0\nnbZg3ONkZqgpf6WnfrHrTuXn1/"
      "DFa4q79zzJ6pNxRLrOinxWJpkrej0bkdbuGCPKpR0bxD3guivnflZcHAmqBQ==\n";
  CagedParser parser(terms());
  const auto read = parser.signature(good, "FILE");
  REQUIRE(read);
  CHECK(read->trusted_comment == "id:probe version:1.0.0");
  const auto trusted = bundle::read_key("zeros", key, "KEY");
  REQUIRE(trusted);
  CHECK(bundle::minisign::verifies(*read, trusted->key, Blake2b::of("fuzz")));
  for (const std::string& text : {std::string(), good.substr(0, 100), good + "more\n", "a" + good}) {
    const auto own = bundle::minisign::parse_signature(text, "FILE");
    const auto caged = parser.signature(text, "FILE");
    REQUIRE(own.has_value() == caged.has_value());
    if (!own) CHECK(facts(caged.error().findings()) == facts(own.error().findings()));
  }
}

TEST_CASE("an interruption ends the reading of a caged process, too") {
  NEEDS_ROOT();
  const Fixture fixture;
  fixture.write("archive", gzip(service_entries() + tar_end()));
  const std::atomic<bool> interrupted = true;
  const auto read =
      CagedReader(terms()).read_archive(*open(fixture, "archive"), "ARCHIVE", {.interrupted = &interrupted});
  REQUIRE_FALSE(read);
  CHECK(read.error().message() == "interrupted");
  CHECK(read.error().findings().empty());
}
