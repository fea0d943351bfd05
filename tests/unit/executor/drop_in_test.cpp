// The drop-in with a service's limits, on disk.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
using addon::test::Behaviour;

namespace {
const std::string kDirectory = "etc/systemd/system/probe.service.d";
const std::string kFile = kDirectory + "/50-addonctl-resources.conf";

Files limited(const std::string& version, int tasks) {
  Files files = probe_files(version);
  files.at("addon.yaml") += "resources: {tasks_max: " + std::to_string(tasks) + "}\n";
  return files;
}
}  // namespace

TEST_CASE("the drop-in is root's, 0644, and holds what is declared") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", limited("1.0.0", 8));
  CHECK(read_file(host / kFile) == "[Service]\nTasksMax=8\n");
  const Snapshot found = host.snapshot();
  CHECK(found.at("/" + kDirectory).starts_with("040755 0:0"));
  CHECK(found.at("/" + kFile).starts_with("100644 0:0 1 links"));
}

TEST_CASE("the drop-in goes with the limits or the add-on, and its directory when nothing else is in it") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", limited("1.0.0", 8));
  const bool operators = GENERATE(false, true);
  if (operators) write_file(host / (kDirectory + "/90-mine.conf"), "[Service]\nNice=1\n");
  SECTION("a version without limits") { host.install("probe", probe_files("1.1.0")); }
  SECTION("removal") { host.must(Host::remove({"probe"})); }
  CHECK(exists(host / kDirectory) == operators);
  if (operators) CHECK(names_in(host / kDirectory) == Lines{"90-mine.conf"});
}

TEST_CASE("a failing upgrade brings the old drop-in back, file and all") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", limited("1.0.0", 8));
  write_file(host / (kDirectory + "/90-mine.conf"), "[Service]\nNice=1\n");
  struct stat before {};
  REQUIRE(lstat((host / kFile).c_str(), &before) == 0);
  const Snapshot tree = host.snapshot();
  SECTION("other limits") {
    Files files = limited("1.1.0", 9);
    files.at("probe.service").insert(10, "Nice=5\n");
    host.write_bundle("probe", files);
  }
  SECTION("no limits") {
    Files files = probe_files("1.1.0");
    files.at("probe.service").insert(10, "Nice=5\n");
    host.write_bundle("probe", files);
  }
  host.units.behaviours["Nice=5"] = Behaviour::crashes;
  CHECK(kind_of(host.run(host.apply({"probe"}))) == ErrorKind::rolled_back);
  CHECK(difference(tree, host.snapshot()) == Lines{});
  struct stat after {};
  REQUIRE(lstat((host / kFile).c_str(), &after) == 0);
  CHECK(after.st_ino == before.st_ino);
}

TEST_CASE("a drop-in that somebody altered or removed is put right by a repair, with its limits only") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", limited("1.0.0", 8));
  const Snapshot good = host.snapshot();
  SECTION("altered") { write_file(host / kFile, "[Service]\nUser=root\n"); }
  SECTION("gone") { std::filesystem::remove_all(host / kDirectory); }
  host.must(host.apply({"probe"}));
  CHECK(read_file(host / kFile) == "[Service]\nTasksMax=8\n");
  CHECK(host.snapshot().at("/" + kFile) == good.at("/" + kFile));
}

TEST_CASE("a rollback brings the limits of its version") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", limited("1.0.0", 8));
  host.install("probe", limited("1.1.0", 9));
  CHECK(read_file(host / kFile) == "[Service]\nTasksMax=9\n");
  host.must(Host::rollback("probe"));
  CHECK(read_file(host / kFile) == "[Service]\nTasksMax=8\n");
}

TEST_CASE("a directory of drop-ins that is a link is not written through") {
  NEEDS_ROOT();
  Host host;
  std::filesystem::create_directories(host / "etc/systemd/system");
  std::filesystem::create_directory(host / "outside");
  std::filesystem::create_directory_symlink("../../../outside", host / kDirectory);
  host.write_bundle("probe", limited("1.0.0", 8));
  const Snapshot before = host.snapshot();
  CHECK_FALSE(host.run(host.apply({"probe"})));
  CHECK(difference(before, host.snapshot()) == Lines{});
}
