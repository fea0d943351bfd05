// The records of what is active: written once, read back, and what a corrupt one stops.
#include "executor/generations.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>
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
const std::string kRecords = "var/lib/addonctl/generations/";

std::unique_ptr<host::Directory> opened(const Host& host) {
  auto root = linux::open_root(host / "");
  REQUIRE(error_of(root) == "");
  return std::move(*root);
}

void three_generations(Host& host) {
  for (const char* version : {"1.0.0", "1.1.0", "1.2.0"}) host.install("probe", probe_files(version));
}
}  // namespace

TEST_CASE("a host without records is at generation 0, with nothing active") {
  NEEDS_ROOT();
  Host host;
  const auto last = read_last_generation(*opened(host));
  REQUIRE(error_of(last) == "");
  CHECK(last->generation.number == 0);
  CHECK(last->generation.addons.empty());
  CHECK(read_generations(*opened(host))->all.empty());
}

TEST_CASE("each generation says what it did") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.install("probe", probe_files("1.1.0"));
  REQUIRE(removexattr((host / "opt/addons/probe/versions/1.1.0/probe").c_str(), "security.capability") == 0);
  host.must(host.apply({"probe"}));
  host.must(Host::rollback("probe"));
  host.must(Host::remove({"probe"}));
  const auto generations = read_generations(*opened(host));
  REQUIRE(error_of(generations) == "");
  Lines said;
  for (const plan::Generation& one : generations->all) said.push_back(one.verb + ": " + one.summary);
  CHECK(said == Lines{"apply: added probe 1.0.0", "apply: changed probe 1.0.0 to 1.1.0",
                      "apply: repaired probe 1.1.0", "rollback: changed probe 1.1.0 to 1.0.0",
                      "remove: removed probe 1.0.0"});
  CHECK(generations->last().addons.empty());
}

TEST_CASE("a damaged last record is passed over, said, and put aside by the next change") {
  NEEDS_ROOT();
  Host host;
  three_generations(host);
  std::string why;
  SECTION("cut off") {
    fs::resize_file(host / (kRecords + "3.json"), 100);
    why = "3.json:1:101: ";
  }
  SECTION("empty") {
    write_file(host / (kRecords + "3.json"), "");
    why = "3.json:1:1: ";
  }
  SECTION("another number") {
    fs::copy_file(host / (kRecords + "2.json"), host / (kRecords + "3.json"),
                  fs::copy_options::overwrite_existing);
    why = "it says that it is generation 2";
  }
  SECTION("a link") {
    fs::remove(host / (kRecords + "3.json"));
    fs::create_symlink("2.json", host / (kRecords + "3.json"));
    why = "cannot open ";
  }
  SECTION("a directory") {
    fs::remove(host / (kRecords + "3.json"));
    fs::create_directory(host / (kRecords + "3.json"));
    why = "cannot open ";
  }
  SECTION("somebody else's") {
    REQUIRE(chown((host / (kRecords + "3.json")).c_str(), 990, 991) == 0);
    why = "it is not root's alone to write (owner 990, mode 0644)";
  }
  SECTION("everybody's to write") {
    REQUIRE(chmod((host / (kRecords + "3.json")).c_str(), 0666) == 0);
    why = "it is not root's alone to write (owner 0, mode 0666)";
  }
  const Snapshot before = host.snapshot();
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  CHECK(prepared->generation.number == 2);
  REQUIRE(prepared->warnings.size() == 1);
  CHECK_THAT(prepared->warnings[0], Catch::StartsWith("cannot read generation 3 (") && Catch::Contains(why) &&
                                        Catch::EndsWith("; generation 2 is taken for the last"));
  CHECK(difference(before, host.snapshot()) == Lines{});

  const auto recovery = host.recover();
  REQUIRE(error_of(recovery) == "");
  REQUIRE(recovery->warnings.size() == 1);
  CHECK_THAT(recovery->warnings[0],
             Catch::EndsWith("; it was put aside as 3.json.damaged, and generation 2 is taken for the last"));
  CHECK(names_in(host / kRecords) == Lines{"1.json", "2.json", "3.json.damaged"});
  CHECK(host.must(host.apply({"probe"})).generation == 3);
  CHECK(host.units.running() == Lines{"probe.service: versions/1.2.0"});
}

TEST_CASE("records in a directory that somebody else can write are not believed") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  REQUIRE(chown((host / kRecords).c_str(), 990, 991) == 0);
  const auto last = read_last_generation(*opened(host));
  CHECK_THAT(error_of(last), Catch::StartsWith("cannot believe ") &&
                                 Catch::EndsWith(": it is not root's alone to write (owner 990, mode 0755)"));
}

TEST_CASE("a last record that the disk does not give is an error, and stays where it is") {
  NEEDS_ROOT();
  Host host;
  three_generations(host);
  const Snapshot before = host.snapshot();
  int failures = 0;
  for (;; ++failures) {
    host.faults.fail_at = failures;
    const auto recovery = host.recover();
    if (host.faults.fail_at) break;  // not met: there are no more calls
    // What a run left that was cut off is no reason not to go on, but it is said.
    CHECK((!recovery || recovery->warnings.size() == 1));
  }
  host.faults.fail_at.reset();
  CHECK(failures > 3);
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("once a corrupt last record was moved away, applying again puts everything right") {
  NEEDS_ROOT();
  Host host;
  three_generations(host);
  fs::remove(host / (kRecords + "3.json"));
  CHECK(host.must(host.apply({"probe"})).generation == 3);
  CHECK(host.units.running() == Lines{"probe.service: versions/1.2.0"});
  CHECK(raw_capabilities(host / "opt/addons/probe/versions/1.2.0/probe") == kNetRaw);
  CHECK(raw_capabilities(host / "opt/addons/probe/versions/1.1.0/probe") == "");
}

TEST_CASE("corrupt older records stop nothing but what needs them") {
  NEEDS_ROOT();
  Host host;
  three_generations(host);
  write_file(host / (kRecords + "2.json"), "{}");
  const auto generations = read_generations(*opened(host));
  REQUIRE(error_of(generations) == "");
  CHECK(generations->all.size() == 2);
  REQUIRE(generations->unreadable.size() == 1);
  CHECK_THAT(generations->unreadable[0], Catch::StartsWith("cannot read generation 2 (") &&
                                             Catch::EndsWith("/2.json): \"schema\" is missing or not text"));
  CHECK(kind_of(host.run(Host::rollback_host(2))) == ErrorKind::usage);
  host.install("probe", probe_files("1.3.0"));
  host.must(Host::rollback_host(1));
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
}

TEST_CASE("what is not a record in the directory of records is no record") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  for (const char* name :
       {"01.json", ".json", "2.json.bak", "x.json", "-1.json", "99999999999999999999999.json"}) {
    write_file(host / (kRecords + name), "{");
  }
  const auto last = read_last_generation(*opened(host));
  REQUIRE(error_of(last) == "");
  CHECK(last->generation.number == 1);
}
