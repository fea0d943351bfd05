#include "executor/incoming.hpp"

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
/// Everything below the host, but what runs and records need.
Snapshot installed(const Host& host) {
  Snapshot snapshot = host.snapshot();
  std::erase_if(snapshot, [](const auto& entry) { return entry.first.starts_with("/var"); });
  return snapshot;
}
}  // namespace

TEST_CASE("an archive leaves the host as its directory does") {
  NEEDS_ROOT();
  Host from_directory;
  from_directory.install("probe", probe_files());
  Host from_archive;
  from_archive.write_bundle("probe", probe_files());
  from_archive.must(from_archive.apply_archives({"probe"}));
  CHECK(difference(installed(from_directory), installed(from_archive)) == Lines{});
}

TEST_CASE("an archive of what is installed from a directory changes nothing") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  const auto prepared = host.prepare(host.apply_archives({"probe"}));
  REQUIRE(error_of(prepared) == "");
  CHECK(messages(prepared->findings) == Lines{});
  CHECK(prepared->plan.steps.empty());
}

TEST_CASE("what an archive is unpacked to stands where nothing has to be made for it, and is removed") {
  NEEDS_ROOT();
  Host host;
  const auto root = linux::open_root(host / "");
  REQUIRE(root);
  for (const char* made : {"", "opt", "opt/addons"}) {
    fs::create_directories(host / made);
    const Snapshot before = host.snapshot();
    {
      Incoming incoming(**root);
      const auto one = incoming.make();
      const auto two = incoming.make();
      REQUIRE(error_of(one) == "");
      REQUIRE(error_of(two) == "");
      CHECK(names_in(host / made).size() == 2);
      CHECK(fs::status(host / made + "/" + one->name).permissions() == fs::perms::owner_all);
      REQUIRE(one->directory->make_directories(RelativePath::of({"some", "where"})));
    }
    CHECK(difference(before, host.snapshot()) == Lines{});
  }
}

TEST_CASE("what a killed run unpacked is removed by the next, wherever it is") {
  NEEDS_ROOT();
  Host host;
  fs::create_directories(host / "opt/addons");
  const Snapshot before = host.snapshot();
  for (const char* where : {"", "opt/", "opt/addons/"}) {
    fs::create_directories(host / where + ".addonctl-incoming-0123456789abcdef/sub");
    write_file(host / where + ".addonctl-incoming-0123456789abcdef/sub/file", "x");
  }
  const auto recovery = host.recover();
  REQUIRE(error_of(recovery) == "");
  CHECK(recovery->warnings == Lines{});
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("a file that was changed after it was unpacked is not installed") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  const Snapshot before = host.snapshot();
  const auto prepared = host.prepare(host.apply_archives({"probe"}));
  REQUIRE(error_of(prepared) == "");
  const Lines unpacked = names_in(host / "");
  REQUIRE(unpacked.front().starts_with(".addonctl-incoming-"));
  write_file(host / unpacked.front() + "/probe", "something else");
  const auto outcome = host.execute(*prepared);
  CHECK(kind_of(outcome) == ErrorKind::stale);
  CHECK(error_of(outcome) ==
        "cannot stage probe of probe: it was changed after it was unpacked; apply again");
  REQUIRE(host.recover());
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("a directory in the place of the one that was unpacked to is not installed") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  const auto prepared = host.prepare(host.apply_archives({"probe"}));
  REQUIRE(error_of(prepared) == "");
  const std::string unpacked = host / names_in(host / "").front();
  fs::rename(unpacked, unpacked + "-gone");
  fs::copy(unpacked + "-gone", unpacked, fs::copy_options::recursive);
  const auto outcome = host.execute(*prepared);
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  CHECK(error_of(outcome).find("is not the directory that the archive was unpacked to") != std::string::npos);
  CHECK_FALSE(exists(host / "opt"));
}
