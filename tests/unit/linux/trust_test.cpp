#include "linux/trust.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

namespace {
constexpr std::size_t limit = 1000;

/// A directory etc with a file policy.yaml, trusted as it stands.
struct Site {
  Scratch scratch;
  std::string etc = scratch / "etc";
  std::string policy = scratch / "etc/policy.yaml";

  Site() {
    scratch.mkdir("etc");
    scratch.write("etc/policy.yaml", "policy: x\n");
  }
};
}  // namespace

TEST_CASE("a file that only root can have written is read, below /tmp too") {
  NEEDS_ROOT();
  const Site site;
  CHECK(message(check_trusted(site.policy)) == "");
  CHECK(read_trusted_file(site.policy, limit).value() == "policy: x\n");
  CHECK(check_trusted("/"));
  CHECK(check_trusted(site.scratch.path() + "//./etc/"));
}

TEST_CASE("what is absent is told from what is not trusted") {
  NEEDS_ROOT();
  const Site site;
  CHECK(read_trusted_file(site.etc + "/none", limit).value() == std::nullopt);
  CHECK(read_trusted_file(site.etc + "/none/below", limit).value() == std::nullopt);
  CHECK(open_trusted_directory(site.etc + "/none").value() == nullptr);
  CHECK(errno_of(check_trusted(site.etc + "/none")) == ENOENT);
}

TEST_CASE("a directory above that others can write to is not trusted") {
  NEEDS_ROOT();
  const Site site;
  REQUIRE(chmod(site.etc.c_str(), 0775) == 0);
  const std::string why =
      site.etc + " may be written to by others than root (mode 0775); run chmod go-w " + site.etc;
  CHECK(message(check_trusted(site.policy)) == "cannot trust " + site.policy + ": " + why);
  CHECK(message(read_trusted_file(site.policy, limit)) == "cannot trust " + site.policy + ": " + why);
  CHECK(message(read_trusted_file(site.etc + "/none", limit)) ==
        "cannot trust " + site.etc + "/none: " + why);
  CHECK(message(open_trusted_directory(site.etc)) == "cannot trust " + site.etc + ": " + why);
}

TEST_CASE("a directory above that is somebody else's is not trusted") {
  NEEDS_ROOT();
  const Site site;
  REQUIRE(chown(site.etc.c_str(), 1234, 0) == 0);
  CHECK(message(read_trusted_file(site.policy, limit)) ==
        "cannot trust " + site.policy + ": " + site.etc +
            " belongs to uid 1234, not to root, so its owner could change it; run chown root " + site.etc);
}

TEST_CASE("a file that others own or can write to is not trusted") {
  NEEDS_ROOT();
  const Site site;
  REQUIRE(chmod(site.policy.c_str(), 0646) == 0);
  CHECK(message(read_trusted_file(site.policy, limit)) ==
        "cannot trust " + site.policy + ": " + site.policy +
            " may be written to by others than root (mode 0646); run chmod go-w " + site.policy);
  REQUIRE(chmod(site.policy.c_str(), 0644) == 0);
  REQUIRE(chown(site.policy.c_str(), 1234, 0) == 0);
  CHECK_FALSE(read_trusted_file(site.policy, limit));
}

TEST_CASE("symlinks are not trusted, wherever they are") {
  NEEDS_ROOT();
  const Site site;
  site.scratch.link("link", "etc");
  site.scratch.link("etc/other.yaml", "policy.yaml");
  const std::string link = site.scratch / "link";
  CHECK(message(check_trusted(link + "/policy.yaml")) ==
        "cannot trust " + link + "/policy.yaml: " + link +
            " is a symbolic link, which addonctl never follows; name the place itself");
  CHECK(message(read_trusted_file(site.etc + "/other.yaml", limit)) ==
        "cannot open " + site.etc + "/other.yaml: it is a symbolic link, which addonctl never follows");
  CHECK_FALSE(check_trusted(site.etc + "/other.yaml"));
}

TEST_CASE("in a sticky directory only an entry of root's with one name is trusted") {
  NEEDS_ROOT();
  const Site site;
  site.scratch.mkdir("sticky", 01777);
  site.scratch.write("sticky/policy.yaml", "x");
  const std::string policy = site.scratch / "sticky/policy.yaml";
  CHECK(read_trusted_file(policy, limit).value() == "x");
  CHECK(message(open_trusted_directory(site.scratch / "sticky")).starts_with("cannot trust "));

  REQUIRE(link(policy.c_str(), (site.scratch / "second").c_str()) == 0);
  CHECK(message(read_trusted_file(policy, limit)) ==
        "cannot trust " + policy + ": " + policy +
            " has 2 hard links in a directory that all may write to; copy it and remove the links");
  REQUIRE(unlink((site.scratch / "second").c_str()) == 0);

  REQUIRE(chown(policy.c_str(), 1234, 0) == 0);
  CHECK_FALSE(read_trusted_file(policy, limit));
}

TEST_CASE("only a regular file within the limit is read, and a fifo does not hang") {
  NEEDS_ROOT();
  const Site site;
  REQUIRE(mkfifo((site.etc + "/fifo").c_str(), 0600) == 0);
  CHECK(message(read_trusted_file(site.etc + "/fifo", limit)) ==
        "cannot read " + site.etc + "/fifo: it is not a regular file");
  CHECK_FALSE(read_trusted_file(site.etc, limit));
  CHECK(message(read_trusted_file(site.policy, 9)) ==
        "cannot read " + site.policy + ": it is larger than 9 bytes");
  CHECK(message(open_trusted_directory(site.policy)) ==
        "cannot open " + site.policy + ": it is not a directory");
}

TEST_CASE("a trusted path is absolute and does not go back up") {
  CHECK(message(check_trusted("etc/policy.yaml")) ==
        "cannot trust \"etc/policy.yaml\": give an absolute path without \"..\"");
  CHECK_FALSE(check_trusted("/etc/../etc"));
  CHECK_FALSE(check_trusted(""));
}

TEST_CASE("a trusted directory lists its entries") {
  NEEDS_ROOT();
  const Site site;
  const auto directory = open_trusted_directory(site.etc);
  REQUIRE(message(directory) == "");
  REQUIRE((*directory)->list().value().size() == 1);
  CHECK((*directory)->path() == site.etc);
}

}  // namespace addon::linux
