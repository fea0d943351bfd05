#include "executor/trusted_text.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

namespace addon::executor::test {

namespace {
/// etc/addonctl/it of a host, read as it is at each time.
struct Place {
  Host host;
  std::string path = host / "etc/addonctl/it";

  Place() {
    std::filesystem::create_directories(host / "etc/addonctl");
    write_file(path, "text");
  }

  Result<std::optional<std::string>> read(std::size_t limit = 100) {
    const auto root = linux::open_root(host / "");
    REQUIRE(root);
    return read_trusted_text(**root, RelativePath::of({"etc", "addonctl", "it"}), limit);
  }

  void expect_distrust(const std::string& why) {
    const auto text = read();
    REQUIRE_FALSE(text);
    CHECK(text.error().errno_value() == EPERM);
    CHECK_THAT(text.error().message(), Catch::Matchers::Contains(why));
  }
};
}  // namespace

TEST_CASE("a text that only root can have written is read") {
  NEEDS_ROOT();
  Place place;
  CHECK(place.read().value() == "text");
  CHECK(place.read(4).value() == "text");
  CHECK_FALSE(place.read(3));
  std::filesystem::remove(place.path);
  CHECK_FALSE(place.read().value());
  std::filesystem::remove_all(place.host / "etc");
  CHECK_FALSE(place.read().value());
}

TEST_CASE("a text that somebody else could have written is not believed") {
  NEEDS_ROOT();
  Place place;
  REQUIRE(chmod(place.path.c_str(), 0664) == 0);
  place.expect_distrust("/etc/addonctl/it: it may be written to by others than root (mode 0664)");
  REQUIRE(chmod(place.path.c_str(), 0644) == 0);
  REQUIRE(chown(place.path.c_str(), 990, 0) == 0);
  place.expect_distrust("/etc/addonctl/it: it belongs to uid 990");
  REQUIRE(chown(place.path.c_str(), 0, 0) == 0);
  REQUIRE(chmod((place.host / "etc").c_str(), 0777) == 0);
  place.expect_distrust("/etc: it may be written to by others");
  REQUIRE(chmod((place.host / "etc").c_str(), 0755) == 0);
  CHECK(place.read().value() == "text");
}

TEST_CASE("a text behind a symlink, or that is no file, is not believed") {
  NEEDS_ROOT();
  Place place;
  std::filesystem::rename(place.path, place.path + ".real");
  std::filesystem::create_symlink("it.real", place.path);
  place.expect_distrust("/etc/addonctl/it: it is a symbolic link");
  std::filesystem::remove(place.path);
  std::filesystem::create_directory(place.path);
  place.expect_distrust("/etc/addonctl/it: it is not a regular file");
  std::filesystem::remove(place.path);
  std::filesystem::rename(place.host / "etc", place.host / "real");
  std::filesystem::create_symlink("real", place.host / "etc");
  place.expect_distrust("/etc: it is a symbolic link");
}

}  // namespace addon::executor::test
