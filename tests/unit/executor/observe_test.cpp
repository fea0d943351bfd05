// A tree that somebody tampered with is seen as such, refused, and nothing outside it is touched.
#include "executor/observe.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
namespace fs = std::filesystem;

namespace {
const std::string kAddon = "opt/addons/probe";
const std::string kVersion = kAddon + "/versions/1.0.0";

void replace_by_link(const Host& host, const std::string& path) {
  fs::rename(host / path, host / "moved");
  fs::create_symlink(host / "moved", host / path);
}
}  // namespace

TEST_CASE("a tampered tree is refused by name, whatever is asked for") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  std::string sentence;
  SECTION("current points outside") {
    fs::remove(host / (kAddon + "/current"));
    fs::create_symlink("/etc", host / (kAddon + "/current"));
    sentence = "/opt/addons/probe/current points at \"/etc\", not at versions/VERSION";
  }
  SECTION("current climbs out") {
    fs::remove(host / (kAddon + "/current"));
    fs::create_symlink("versions/../../../../etc", host / (kAddon + "/current"));
    sentence = "/opt/addons/probe/current points at \"versions/../../../../etc\", not at versions/VERSION";
  }
  SECTION("current is a directory") {
    fs::remove(host / (kAddon + "/current"));
    fs::create_directory(host / (kAddon + "/current"));
    sentence = "/opt/addons/probe/current is not a symbolic link";
  }
  SECTION("/opt is a link") {
    replace_by_link(host, "opt");
    sentence = "/opt is a symbolic link";
  }
  SECTION("the add-ons' directory is a link") {
    replace_by_link(host, "opt/addons");
    sentence = "/opt/addons is a symbolic link";
  }
  SECTION("the add-on's directory is a link") {
    replace_by_link(host, kAddon);
    sentence = "/opt/addons/probe is a symbolic link";
  }
  SECTION("the versions' directory is a link") {
    replace_by_link(host, kAddon + "/versions");
    sentence = "/opt/addons/probe/versions is a symbolic link";
  }
  SECTION("the version is a link") {
    replace_by_link(host, kVersion);
    sentence = "/opt/addons/probe/versions/1.0.0 is a symbolic link";
  }
  SECTION("a file is a link") {
    replace_by_link(host, kVersion + "/probe");
    sentence = "/opt/addons/probe/versions/1.0.0/probe is neither a regular file nor a directory";
  }
  SECTION("a fifo stands in it") {
    REQUIRE(mkfifo((host / (kVersion + "/fifo")).c_str(), 0600) == 0);
    sentence = "/opt/addons/probe/versions/1.0.0/fifo is neither a regular file nor a directory";
  }
  SECTION("others can write to it") {
    REQUIRE(chmod((host / kAddon).c_str(), 0777) == 0);
    sentence = "/opt/addons/probe can be written by others (mode 0777)";
  }
  SECTION("it is somebody's") {
    REQUIRE(chown((host / kVersion).c_str(), 990, 991) == 0);
    sentence = "/opt/addons/probe/versions/1.0.0 belongs to user 990, not to root";
  }
  SECTION("a folder in it is somebody's") {
    fs::create_directory(host / (kVersion + "/lib"));
    REQUIRE(chown((host / (kVersion + "/lib")).c_str(), 990, 991) == 0);
    sentence = "/opt/addons/probe/versions/1.0.0/lib belongs to user 990, not to root";
  }
  host.write_bundle("newer", probe_files("2.0.0"));
  const Snapshot before = host.snapshot();
  const Lines running = host.units.running();
  host.units.calls.clear();
  for (const Request& request :
       {host.apply({"probe"}), host.apply({"newer"}), Host::remove({"probe"}), Host::repair()}) {
    const auto prepared = host.prepare(request);
    REQUIRE(error_of(prepared) == "");
    CHECK_THAT(messages(prepared->findings), Catch::VectorContains("host-tampered: " + sentence));
    CHECK(kind_of(host.run(request)).has_value());
  }
  CHECK(difference(before, host.snapshot()) == Lines{});
  CHECK(host.units.calls == Lines{});
  CHECK(host.units.running() == running);
}

TEST_CASE("a unit of that name anywhere on systemd's path is somebody's") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  const std::string directory =
      GENERATE(std::string("etc/systemd/system"), std::string("etc/systemd/system.control"),
               std::string("run/systemd/system.control"), std::string("run/systemd/transient"),
               std::string("run/systemd/generator.early"), std::string("run/systemd/system"),
               std::string("run/systemd/generator"), std::string("usr/local/lib/systemd/system"),
               std::string("usr/lib/systemd/system"), std::string("run/systemd/generator.late"));
  fs::create_directories(host / directory);
  SECTION("a file") { write_file(host / (directory + "/probe.service"), "[Service]\nExecStart=/bin/true\n"); }
  SECTION("a link") { fs::create_symlink("/dev/null", host / (directory + "/probe.service")); }
  const Snapshot before = host.snapshot();
  const std::string tail = directory == "etc/systemd/system" ? ", which addonctl did not install" : "";
  CHECK(error_of(host.run(host.apply({"probe"}))) ==
        "unit name probe.service belongs to /" + directory + "/probe.service" + tail);
  CHECK(difference(before, host.snapshot()) == Lines{});
}
