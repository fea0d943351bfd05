#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fixture.hpp"
#include "linux/directory.hpp"
#include "tar.hpp"

using namespace addon;
using namespace addon::bundle;
using namespace addon::bundle::test;
using Lines = std::vector<std::string>;

namespace {

/// What an installation of it would be made from.
Lines facts(const ReadBundle& read) {
  Lines lines = shown(read);
  if (!read.bundle) return lines;
  lines.push_back(read.bundle->manifest.id.value.str() + " " + read.bundle->manifest_sha256.hex());
  for (const BundleFile& file : read.bundle->files) {
    lines.push_back(file.path.str() + " " + file.sha256.hex() + " " + std::to_string(file.size) + " " +
                    std::to_string(file.mode));
  }
  for (const BundleUnit& unit : read.bundle->units)
    lines.push_back(unit.name.str() + " " + unit.sha256.hex());
  lines.push_back(read.bundle->primary ? read.bundle->primary->str() : "no primary");
  return lines;
}

/// Reads it and writes its files below `into`, at most so many bytes.
Result<ReadBundle> unpack(const Fixture& fixture, std::string_view bytes, const std::string& into,
                          std::uint64_t limit = kMaxBundleBytes) {
  fixture.write("archive", bytes);
  std::filesystem::create_directory(fixture.path(into));
  std::shared_ptr<host::Directory> parent = std::move(*linux::open_directory_path(fixture.path()));
  std::shared_ptr<host::Directory> directory = std::move(*linux::open_directory_path(fixture.path(into)));
  const auto file = parent->open_file(RelativePath::of({"archive"}));
  REQUIRE(file);
  ArchiveOptions options;
  options.into = Unpacked{parent, into, directory};
  options.write_limit = limit;
  return read_archive(**file, "ARCHIVE", std::move(options));
}

std::string content(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24U);
  return bytes;
}

}  // namespace

TEST_CASE("an archive is the same bundle as the directory that it was made from") {
  Fixture fixture;
  write_service_bundle(fixture);
  const Lines wanted = facts(fixture.read());
  REQUIRE(wanted.size() == 7);
  const std::string tar = service_entries() + tar_end();
  CHECK(facts(read_bytes(gzip(tar))) == wanted);
  CHECK(facts(read_bytes(zstd(tar))) == wanted);
}

TEST_CASE("of an archive its own digests are known") {
  const std::string bytes = gzip(service_entries() + tar_end());
  const ReadBundle read = read_bytes(bytes);
  REQUIRE(read.bundle);
  REQUIRE(read.bundle->archive);
  CHECK(read.bundle->archive->sha256 == Digest::of(bytes));
  CHECK(read.bundle->archive->size == bytes.size());
  Blake2b blake2b;
  blake2b.update(std::as_bytes(std::span(bytes)));
  CHECK(read.bundle->archive->blake2b512 == blake2b.finish());
}

TEST_CASE("BLAKE2b is that of RFC 7693, appendix A") {
  Blake2b hash;
  hash.update(std::as_bytes(std::span(std::string_view("abc"))));
  const Blake2b::Value value = hash.finish();
  constexpr std::array<unsigned, 8> first = {0xba, 0x80, 0xa5, 0x3f, 0x98, 0x1c, 0x4d, 0x0d};
  CHECK(std::equal(first.begin(), first.end(), value.begin()));
  CHECK(value.back() == 0x23);
}

TEST_CASE("an archive with another digest than the pinned one is refused for that alone") {
  const std::string bytes = gzip(service_entries() + tar_end());
  CHECK(read_bytes(bytes, Digest::of(bytes)).bundle);
  const Lines other = shown(read_bytes(bytes, Digest::of("other")));
  CHECK(other == Lines{"ARCHIVE bundle-artifact-digest: its SHA-256 is " + Digest::of(bytes).hex() +
                       ", and the manifest pins " + Digest::of("other").hex()});
  const std::string damaged = bytes.substr(0, bytes.size() / 2);
  CHECK(shown(read_bytes(damaged, Digest::of(bytes))) ==
        Lines{"ARCHIVE bundle-artifact-digest: its SHA-256 is " + Digest::of(damaged).hex() +
              ", and the manifest pins " + Digest::of(bytes).hex()});
}

TEST_CASE("files are written while they are read, for root alone, and are what was hashed") {
  Fixture fixture;
  const std::string data = random_bytes(3'500'000);
  const std::string tar = service_entries() + tar_header({.name = "share/", .type = '5', .mode = 0775}) +
                          tar_file("share/deep/data", data, 0777) + tar_end();
  const auto read = unpack(fixture, zstd(tar), "into");
  REQUIRE(read);
  CHECK(shown(*read).empty());
  REQUIRE(read->bundle);
  REQUIRE(read->bundle->unpacked);
  CHECK(read->bundle->unpacked->name == "into");
  CHECK(content(fixture.path("into/share/deep/data")) == data);
  for (const BundleFile& file : read->bundle->files) {
    struct stat state {};
    REQUIRE(stat(fixture.path("into/" + file.path.str()).c_str(), &state) == 0);
    CHECK((state.st_mode & 07777U) == 0600);
    CHECK(state.st_uid == 0);
    CHECK(state.st_ino == file.identity.inode);
    CHECK(Digest::of(content(fixture.path("into/" + file.path.str()))) == file.sha256);
  }
}

TEST_CASE("no more is written than the limit, and the bundle is judged all the same") {
  Fixture fixture;
  const std::string tar = service_entries() + tar_file("data", random_bytes(300'000)) + tar_end();
  const auto read = unpack(fixture, gzip(tar), "into", 100'000);
  REQUIRE(read);
  REQUIRE(read->bundle);
  CHECK_FALSE(read->bundle->unpacked);
  CHECK_FALSE(read->bundle->directory);
  CHECK(read->bundle->files.size() == 5);
  CHECK(std::filesystem::exists(fixture.path("into/probe")));
  CHECK_FALSE(std::filesystem::exists(fixture.path("into/data")));
}

TEST_CASE("what is refused is not written any further") {
  Fixture fixture;
  const std::string tar = service_entries() +
                          tar_header({.name = "link", .type = '2', .link = "/etc/shadow"}) +
                          tar_file("data", "x") + tar_end();
  const auto read = unpack(fixture, gzip(tar), "into");
  REQUIRE(read);
  CHECK_FALSE(read->bundle);
  CHECK_FALSE(std::filesystem::exists(fixture.path("into/data")));
  CHECK_FALSE(std::filesystem::is_symlink(fixture.path("into/link")));
}

TEST_CASE("an archive that is asked to stop is read no further") {
  Fixture fixture;
  fixture.write("archive", gzip(service_entries() + tar_end()));
  const auto directory = linux::open_directory_path(fixture.path());
  const auto file = (*directory)->open_file(RelativePath::of({"archive"}));
  const std::atomic<bool> interrupted{true};
  const auto read = read_archive(**file, "ARCHIVE", {.interrupted = &interrupted});
  REQUIRE_FALSE(read);
  CHECK(read.error().message() == "interrupted");
}

TEST_CASE("an archive that is written to while it is read is refused for that alone") {
  Fixture fixture;
  const std::string bytes = gzip(service_entries() + tar_file("data", random_bytes(2'000'000)) + tar_end());
  fixture.write("archive", bytes);
  const auto directory = linux::open_directory_path(fixture.path());
  auto file = (*directory)->open_file(RelativePath::of({"archive"}));
  REQUIRE(file);

  /// Somebody writes to the file once the first bytes were read.
  class Written final : public host::File {
   public:
    Written(host::File& file, const Fixture& fixture) : file_(file), fixture_(fixture) {}
    Result<std::size_t> read(std::span<std::byte> buffer) override {
      if (reads_++ == 1) fixture_.write("archive", "short");
      return file_.read(buffer);
    }
    Result<host::FileState> state() const override { return file_.state(); }
    Result<> write(std::span<const std::byte> bytes) override { return file_.write(bytes); }
    Result<host::FileCapabilities> capabilities() const override { return file_.capabilities(); }
    Result<std::vector<std::string>> attributes() const override { return file_.attributes(); }
    Result<> set_owner(unsigned uid, unsigned gid) override { return file_.set_owner(uid, gid); }
    Result<> set_mode(unsigned mode) override { return file_.set_mode(mode); }
    Result<> set_capabilities(const host::FileCapabilities& c) override { return file_.set_capabilities(c); }
    Result<> truncate(std::uint64_t size) override { return file_.truncate(size); }
    Result<> sync() override { return file_.sync(); }

   private:
    host::File& file_;
    const Fixture& fixture_;
    int reads_ = 0;
  } written(**file, fixture);
  const auto read = read_archive(written, "ARCHIVE", {});
  REQUIRE(read);
  CHECK(shown(*read) == Lines{"ARCHIVE bundle-unreadable: it changed while it was read"});
}
