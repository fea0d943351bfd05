#include <signal.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

TEST_CASE("a durable write puts a new file in the old one's place, with its mode and root's") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("unit", "old", 0666);
  const auto root = scratch.open();
  const auto before = root->stat(at("unit")).value()->identity.inode;
  REQUIRE(message(host::write_durably(*root, "unit", "new", 0644)) == "");
  CHECK(scratch.read("unit") == "new");
  CHECK(scratch.mode("unit") == 0644);
  CHECK(root->stat(at("unit")).value()->identity.inode != before);
  CHECK(scratch.names() == std::vector<std::string>{"unit"});
}

TEST_CASE("a durable write replaces a symlink and leaves its target alone") {
  NEEDS_ROOT();
  const Scratch scratch;
  const Scratch outside;
  outside.write("victim", "kept");
  scratch.link("unit", outside / "victim");
  const auto root = scratch.open();
  REQUIRE(host::write_durably(*root, "unit", "new", 0644));
  CHECK(outside.read("victim") == "kept");
  CHECK(root->stat(at("unit")).value()->type == host::FileType::regular);
}

TEST_CASE("what a killed write left is no obstacle, even as a link or a name too long to extend") {
  NEEDS_ROOT();
  const Scratch scratch;
  const Scratch outside;
  outside.write("victim", "kept");
  const std::string name(255, 'n');
  scratch.link(host::temporary_name(name), outside / "victim");
  const auto root = scratch.open();
  REQUIRE(message(host::write_durably(*root, name, "new", 0600)) == "");
  CHECK(outside.read("victim") == "kept");
  CHECK(scratch.names() == std::vector<std::string>{name});
}

TEST_CASE("a durable write that fails names the file and leaves nothing behind") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.mkdir("unit");
  const auto root = scratch.open();
  const auto written = host::write_durably(*root, "unit", "new", 0644);
  CHECK(message(written) == "cannot write unit: cannot rename " + (scratch / host::temporary_name("unit")) +
                                " to unit: Is a directory");
  CHECK(errno_of(written) == EISDIR);
  CHECK(scratch.names() == std::vector<std::string>{"unit"});
}

TEST_CASE("a file's digest is that of its bytes, also beyond one buffer") {
  const Scratch scratch;
  const auto root = scratch.open();
  for (const std::size_t size : {0U, 1U, 131'072U, 131'073U, 1'000'000U}) {
    scratch.write("file", std::string(size, 'x'));
    const auto file = root->open_file(at("file"));
    REQUIRE(file);
    const std::string expected = output_of({"sha256sum", scratch / "file"}).substr(0, 64);
    CHECK(host::hash_file(**file).value().hex() == expected);
  }
}

namespace {
/// No file of this process may be larger meanwhile: write(2) then writes less than asked for.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before_) == 0);
    const rlimit limit{bytes, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  sighandler_t handler_;
  rlimit before_{};
};
}  // namespace

TEST_CASE("a write that is cut short is no success, and what stood there stays") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("unit", "old");
  const auto root = scratch.open();
  Result<> written;
  {
    const FileSizeLimit limit(4);
    written = host::write_durably(*root, "unit", "0123456789", 0644);
  }
  CHECK_THAT(message(written), Catch::Contains("File too large"));
  CHECK(scratch.read("unit") == "old");
  REQUIRE(host::write_durably(*root, "unit", "0123456789", 0644));
  CHECK(scratch.read("unit") == "0123456789");
}

}  // namespace addon::linux
