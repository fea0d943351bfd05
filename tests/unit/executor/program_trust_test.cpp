#include "executor/program_trust.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
namespace fs = std::filesystem;

namespace {
Lines writable(const Host& host, const std::string& path) {
  const auto root = linux::open_root((host / "").substr(0, (host / "").size() - 1));
  REQUIRE(root);
  return inspect_program(**root, path).value().writable;
}

void make_program(const Host& host) {
  fs::create_directories(host / "srv/tools");
  write_file(host / "srv/tools/run", "x");
  for (const char* path : {"srv", "srv/tools", "srv/tools/run"})
    REQUIRE(chmod((host / path).c_str(), 0755) == 0);
}
}  // namespace

TEST_CASE("a program of root's below directories of root's can be changed by root only") {
  NEEDS_ROOT();
  const Host host;
  make_program(host);
  CHECK(writable(host, "/srv/tools/run") == Lines{});
  CHECK(writable(host, "/srv/tools/absent") == Lines{});
  CHECK(writable(host, "/absent/run") == Lines{});
}

TEST_CASE("whoever owns or may write the program, or a directory above it, can change it") {
  NEEDS_ROOT();
  const Host host;
  make_program(host);
  REQUIRE(chown((host / "srv/tools/run").c_str(), 990, 0) == 0);
  CHECK(writable(host, "/srv/tools/run") == Lines{"/srv/tools/run belongs to user 990"});
  REQUIRE(chown((host / "srv/tools/run").c_str(), 0, 0) == 0);
  REQUIRE(chmod((host / "srv/tools").c_str(), 0775) == 0);
  CHECK(writable(host, "/srv/tools/run") == Lines{"/srv/tools can be written by others (mode 0775)"});
  // Whoever can make it decides as well.
  CHECK(writable(host, "/srv/tools/absent") == Lines{"/srv/tools can be written by others (mode 0775)"});
}

TEST_CASE("in a sticky directory only what is not there yet can be made by others") {
  NEEDS_ROOT();
  const Host host;
  make_program(host);
  REQUIRE(chmod((host / "srv/tools").c_str(), 01777) == 0);
  CHECK(writable(host, "/srv/tools/run") == Lines{});
  CHECK(writable(host, "/srv/tools/absent") == Lines{"/srv/tools can be written by others (mode 1777)"});
}

TEST_CASE("links are followed, below the host's root, and judged by their owners") {
  NEEDS_ROOT();
  const Host host;
  make_program(host);
  fs::create_directory(host / "usr");
  fs::create_symlink("/srv/tools", host / "usr/tools");
  CHECK(writable(host, "/usr/tools/run") == Lines{});
  REQUIRE(lchown((host / "usr/tools").c_str(), 990, 0) == 0);
  REQUIRE(chmod((host / "srv/tools/run").c_str(), 0666) == 0);
  CHECK(writable(host, "/usr/tools/run") == Lines{"the link /usr/tools belongs to user 990",
                                                  "/srv/tools/run can be written by others (mode 0666)"});
  fs::create_symlink("loop", host / "usr/loop");
  CHECK(writable(host, "/usr/loop") == Lines{});
}
