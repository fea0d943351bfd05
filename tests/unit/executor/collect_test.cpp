// What gc removes, and that whatever cuts it off leaves no version half there.
#include "executor/collect.hpp"

#include <catch2/catch.hpp>

#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;

namespace {
std::unique_ptr<host::Directory> root_of(Host& host) {
  auto root = linux::open_root(host / "");
  REQUIRE(error_of(root) == "");
  return with_faults(std::move(*root), host.faults);
}

Lines names(const Garbage& garbage) {
  Lines lines;
  for (const std::uint64_t number : garbage.generations) lines.push_back(std::to_string(number));
  for (const auto& [id, version] : garbage.versions) lines.push_back(id.str() + " " + version.str());
  for (const auto& [id, name] : garbage.leftovers) lines.push_back(id.str() + " " + name);
  return lines;
}

Lines found(Host& host, std::uint64_t keep) {
  const auto garbage = find_garbage(*root_of(host), keep);
  REQUIRE(error_of(garbage) == "");
  return names(*garbage);
}

// Generations 1 to 4: probe 1.0.0, 1.1.0, 1.2.0, and back to 1.1.0.
void prepare_collect(Host& host) {
  for (const char* version : {"1.0.0", "1.1.0", "1.2.0"}) host.install("probe", probe_files(version));
  host.must(host.rollback("probe"));
}

std::string version_dir(const Host& host, const std::string& version) {
  return host / ("opt/addons/probe/versions/" + version);
}
}  // namespace

TEST_CASE("what the last generations name is kept, and nothing else") {
  NEEDS_ROOT();
  Host host;
  CHECK(found(host, 1) == Lines{});
  prepare_collect(host);
  CHECK(found(host, 4) == Lines{});
  CHECK(found(host, 9) == Lines{});
  CHECK(found(host, 3) == Lines{"1", "probe 1.0.0"});
  CHECK(found(host, 2) == Lines{"1", "2", "probe 1.0.0"});
  CHECK(found(host, 1) == Lines{"1", "2", "3", "probe 1.0.0", "probe 1.2.0"});
  CHECK(found(host, 0) == found(host, 1));
}

TEST_CASE("collecting leaves what is active as it is, and the next run works") {
  NEEDS_ROOT();
  Host host;
  prepare_collect(host);
  const auto root = root_of(host);
  const auto garbage = find_garbage(*root, 1);
  REQUIRE(garbage);
  REQUIRE(error_of(collect(*root, *garbage)) == "");
  CHECK_FALSE(exists(version_dir(host, "1.0.0")));
  CHECK(exists(version_dir(host, "1.1.0") + "/probe"));
  CHECK_FALSE(exists(version_dir(host, "1.2.0")));
  CHECK(link_of(host / "opt/addons/probe/current") == "versions/1.1.0");
  CHECK(found(host, 1) == Lines{});
  CHECK(error_of(host.run(host.rollback("probe"))) ==
        "probe has no version before 1.1.0; use addonctl remove to take it off");
  host.install("probe", probe_files("1.2.0"));
  CHECK(host.must(host.rollback("probe")).generation == 6);
}

TEST_CASE("what a tampered current leads to is not removed") {
  NEEDS_ROOT();
  Host host;
  prepare_collect(host);
  std::filesystem::remove(host / "opt/addons/probe/current");
  std::filesystem::create_symlink("versions/1.0.0", host / "opt/addons/probe/current");
  CHECK(found(host, 1) == Lines{"1", "2", "3", "probe 1.2.0"});
}

TEST_CASE("an unreadable record may name anything, so nothing is guessed") {
  NEEDS_ROOT();
  Host host;
  prepare_collect(host);
  write_file(host / "var/lib/addonctl/generations/2.json", "{");
  const auto garbage = find_garbage(*root_of(host), 1);
  CHECK_THAT(error_of(garbage), Catch::Contains("2.json") && Catch::Contains("nothing was removed"));
}

TEST_CASE("a record that was put aside as damaged may name anything, too") {
  NEEDS_ROOT();
  Host host;
  prepare_collect(host);
  write_file(host / "var/lib/addonctl/generations/4.json", "{");
  REQUIRE(error_of(host.recover()) == "");
  const auto garbage = find_garbage(*root_of(host), 1);
  CHECK_THAT(error_of(garbage),
             Catch::StartsWith("4.json.damaged in /var/lib/addonctl/generations was put aside"));
}

TEST_CASE("where all records are lost, no version is taken for garbage") {
  NEEDS_ROOT();
  Host host;
  prepare_collect(host);
  std::filesystem::remove_all(host / "var/lib/addonctl");
  CHECK_THAT(error_of(find_garbage(*root_of(host), 5)), Catch::StartsWith("no generation is recorded"));
  CHECK(exists(version_dir(host, "1.0.0")));
}

TEST_CASE("what an earlier call left is removed, and not the version of that name which came since") {
  NEEDS_ROOT();
  Host host;
  prepare_collect(host);
  std::filesystem::create_directories(version_dir(host, ".gc-1.1.0/lib"));
  write_file(version_dir(host, ".gc-1.1.0/lib/x"), "x");
  std::filesystem::create_symlink("/etc", version_dir(host, ".gc-link"));
  CHECK(found(host, 4) == Lines{"probe .gc-1.1.0", "probe .gc-link"});
  const auto root = root_of(host);
  REQUIRE(error_of(collect(*root, *find_garbage(*root, 4))) == "");
  CHECK(found(host, 4) == Lines{});
  CHECK_FALSE(exists(version_dir(host, ".gc-1.1.0")));
  CHECK(exists(version_dir(host, "1.1.0") + "/probe"));
  CHECK(exists("/etc/passwd"));
}

TEST_CASE("wherever collecting ends, no kept record names what is gone, and the next call ends it") {
  NEEDS_ROOT();
  bool was_killed = true;
  for (int at = 0; was_killed; ++at) {
    CAPTURE(at);
    Host host;
    prepare_collect(host);
    const auto garbage = find_garbage(*root_of(host), 1);
    REQUIRE(garbage);
    const auto root = root_of(host);
    host.faults.kill_at = at;
    was_killed = false;
    try {
      static_cast<void>(collect(*root, *garbage));
    } catch (const Killed&) {
      was_killed = true;
    }
    host.faults.kill_at.reset();
    // Each version is whole, or has lost its name.
    for (const char* version : {"1.0.0", "1.1.0", "1.2.0"}) {
      if (exists(version_dir(host, version))) CHECK(exists(version_dir(host, version) + "/probe"));
    }
    const auto again = find_garbage(*root_of(host), 1);
    REQUIRE(error_of(again) == "");
    REQUIRE(error_of(collect(*root_of(host), *again)) == "");
    CHECK(exists(version_dir(host, "1.1.0") + "/probe"));
    CHECK_FALSE(exists(version_dir(host, "1.0.0")));
    CHECK_FALSE(exists(version_dir(host, "1.2.0")));
    CHECK(found(host, 1) == Lines{});
    CHECK(names_in(host / "opt/addons/probe/versions") == Lines{"1.1.0"});
  }
}
