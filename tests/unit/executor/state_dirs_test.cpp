// State directories are made, changed and deleted where they are and nowhere else, and never with data in
// them unless that is what was asked for.
#include "executor/state_dirs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "core/unique_fd.hpp"
#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
namespace fs = std::filesystem;

namespace {
Files keeping(const std::string& dirs, const std::string& version = "1.0.0") {
  Files files = probe_files(version);
  files.at("addon.yaml") += "state_dirs: [" + dirs + "]\n";
  return files;
}

/// "990:991 0750", by lstat(2).
std::string rights(const std::string& path) {
  struct stat state {};
  if (lstat(path.c_str(), &state) != 0) return "absent";
  if (!S_ISDIR(state.st_mode)) return "no directory";
  return fmt::format("{}:{} {:04o}", state.st_uid, state.st_gid, state.st_mode & 07777U);
}

Lines findings_of(Host& host, const Request& request) {
  const auto prepared = host.prepare(request);
  REQUIRE(error_of(prepared) == "");
  return messages(prepared->findings);
}

Request purge(const char* id) {
  Request request = Host::remove({id});
  request.purge = true;
  return request;
}

bool starts(const Lines& lines, const std::string& with) {
  return lines.size() == 1 && lines[0].starts_with(with);
}
}  // namespace

TEST_CASE("state directories are run_as's and 0750 unless the manifest says otherwise") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", keeping("/var/lib/probe, {path: /var/lib/probe/spool, mode: '0700'}, "
                                "{path: /srv/a/b/data, owner: root, group: probe, mode: '0770'}"));
  CHECK(rights(host / "var/lib/probe") == "990:991 0750");
  CHECK(rights(host / "var/lib/probe/spool") == "990:991 0700");
  CHECK(rights(host / "srv/a/b/data") == "0:991 0770");
  CHECK(rights(host / "srv/a/b") == "0:0 0755");
  CHECK(names_in(host / "var/lib/probe") == Lines{"spool"});
  CHECK(host.prepare(Host::repair())->plan.steps.empty());
}

TEST_CASE("an upgrade, a rollback and a removal keep data") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", keeping("/var/lib/probe"));
  write_file(host / "var/lib/probe/file", "data");
  host.install("probe", probe_files("1.1.0"));  // which does not name it any more
  CHECK(read_file(host / "var/lib/probe/file") == "data");
  host.must(Host::rollback("probe"));
  const auto prepared = host.prepare(Host::remove({"probe"}));
  REQUIRE(prepared);
  REQUIRE(prepared->kept_data.size() == 1);
  CHECK(prepared->kept_data[0].second == "/var/lib/probe");
  host.must(Host::remove({"probe"}));
  CHECK(read_file(host / "var/lib/probe/file") == "data");
  CHECK(rights(host / "var/lib/probe") == "990:991 0750");
}

TEST_CASE("a first installation that fails takes its directories away again, but not with data in them") {
  NEEDS_ROOT();
  Host host;
  host.units.behaviours["probe"] = addon::test::Behaviour::dies;
  host.write_bundle("probe", keeping("/var/lib/probe, /srv/a/data"));
  auto outcome = host.run(host.apply({"probe"}));
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  CHECK_FALSE(exists(host / "var/lib/probe"));
  CHECK_FALSE(exists(host / "srv"));

  host.on_progress = [&](std::string_view what) {
    if (what.starts_with("waiting for")) write_file(host / "var/lib/probe/file", "data");
  };
  outcome = host.run(host.apply({"probe"}));
  REQUIRE(kind_of(outcome) == ErrorKind::rolled_back);
  CHECK(error_of(outcome).find("/var/lib/probe stays, for there is something in it by now") !=
        std::string::npos);
  CHECK(read_file(host / "var/lib/probe/file") == "data");
  CHECK_FALSE(exists(host / "srv"));
  CHECK_FALSE(exists(host / "var/lib/addonctl/journal"));
}

TEST_CASE("another owner or mode is drift, put right by what is recorded, and undone exactly") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", keeping("/var/lib/probe"));
  const std::string path = host / "var/lib/probe";
  REQUIRE(chown(path.c_str(), 0, 5) == 0);
  REQUIRE(chmod(path.c_str(), 0711) == 0);
  const auto repair = host.prepare(Host::repair());
  REQUIRE(repair);
  CHECK(plan::test::lines(repair->plan) ==
        Lines{"make-state-dir probe /var/lib/probe: 990:991 0750 (changed)"});

  // An upgrade that puts it right and fails later puts it back.
  host.units.behaviours["probe"] = addon::test::Behaviour::dies;
  host.write_bundle("probe", keeping("/var/lib/probe", "1.1.0"));
  CHECK(kind_of(host.run(host.apply({"probe"}))) == ErrorKind::rolled_back);
  CHECK(rights(path) == "0:5 0711");
}

TEST_CASE("what stands in the place of a state directory, or on the way to it, is refused by name") {
  NEEDS_ROOT();
  Host host;
  const std::string refused = "host-state-dir: state directory /var/lib/probe/spool cannot be made or kept: ";
  const auto found = [&] {
    host.write_bundle("probe", keeping("{path: /var/lib/probe/spool, owner: probe}"));
    const Snapshot before = host.snapshot();
    const auto outcome = host.run(host.apply({"probe"}));
    CHECK_FALSE(outcome);
    CHECK(difference(before, host.snapshot()) == Lines{});
    return findings_of(host, host.apply({"probe"}));
  };
  fs::create_directories(host / "elsewhere/probe/spool");
  fs::create_directories(host / "var/lib");
  SECTION("a link in its place") {
    fs::create_directories(host / "var/lib/probe");
    fs::create_symlink("/etc", host / "var/lib/probe/spool");
    CHECK(starts(found(), refused + "/var/lib/probe/spool is a symbolic link, which addonctl never follows"));
  }
  SECTION("a link above it") {
    fs::create_symlink(host / "elsewhere/probe", host / "var/lib/probe");
    CHECK(starts(found(), refused + "/var/lib/probe is a symbolic link"));
  }
  SECTION("a file in its place") {
    fs::create_directories(host / "var/lib/probe");
    write_file(host / "var/lib/probe/spool", "");
    CHECK(starts(found(), refused + "/var/lib/probe/spool is not a directory"));
  }
  SECTION("a directory of a third one") {
    fs::create_directories(host / "var/lib/probe");
    REQUIRE(chown((host / "var/lib/probe").c_str(), 77, 77) == 0);
    CHECK(starts(found(), refused + "/var/lib/probe belongs to uid 77, neither to root nor to its owner"));
  }
  SECTION("a directory that others can write") {
    fs::create_directories(host / "var/lib/probe");
    REQUIRE(chmod((host / "var/lib/probe").c_str(), 0775) == 0);
    CHECK(starts(found(), refused + "/var/lib/probe can be written by others (mode 0775)"));
  }
  SECTION("somebody else's directory in one that the owner can fill") {
    fs::create_directories(host / "var/lib/probe/spool");
    REQUIRE(chown((host / "var/lib/probe").c_str(), 990, 991) == 0);
    CHECK(starts(found(),
                 refused + "it belongs to uid 0, and stands in a directory of the user who would get"));
  }
}

TEST_CASE("purge deletes what is recorded, also of an add-on that was removed before, and nothing else") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", keeping("/var/lib/probe, /var/lib/probe/spool, /srv/data"));
  write_file(host / "var/lib/probe/file", "12345");
  write_file(host / "var/lib/probe/spool/file", "1");
  fs::create_directories(host / "outside");
  write_file(host / "outside/file", "data");
  fs::create_directory_symlink(host / "outside", host / "var/lib/probe/link");
  SECTION("active") {}
  SECTION("removed before") { host.must(Host::remove({"probe"})); }
  const auto prepared = host.prepare(purge("probe"));
  REQUIRE(prepared);
  std::vector<const plan::PurgeStateDir*> steps;
  for (const plan::Step& step : prepared->plan.steps) {
    if (const auto* one = std::get_if<plan::PurgeStateDir>(&step.action)) steps.push_back(one);
  }
  REQUIRE(steps.size() == 2);  // what is within another goes with it
  CHECK(steps[0]->path == "/srv/data");
  CHECK(steps[0]->contents == host::Contents{});
  CHECK(steps[1]->contents.files == 3);
  CHECK(steps[1]->contents.bytes == 6);
  CHECK(steps[1]->contents.directories == 1);
  CHECK(steps[1]->contents.first == Lines{"file", "link", "spool/"});
  host.must(purge("probe"));
  CHECK_FALSE(exists(host / "var/lib/probe"));
  CHECK_FALSE(exists(host / "srv/data"));
  CHECK(names_in(host / "srv") == Lines{});
  CHECK(read_file(host / "outside/file") == "data");
  CHECK(host.prepare(purge("probe"))->plan.steps.empty());
}

TEST_CASE("purge deletes nothing that another add-on keeps data in, around or below") {
  NEEDS_ROOT();
  Host host;
  Files scan = scan_files();
  SECTION("the same") { scan.at("addon.yaml") += "state_dirs: [{path: /var/lib/probe, owner: probe}]\n"; }
  SECTION("one within") {
    scan.at("addon.yaml") += "state_dirs: [{path: /var/lib/probe/scan, owner: probe}]\n";
  }
  host.install("probe", keeping("/var/lib/probe"));
  host.install("scan", scan);
  CHECK(findings_of(host, purge("probe")) ==
        Lines{"state-dir-shared: /var/lib/probe is not deleted: add-on scan keeps its data there, too"});
  CHECK(kind_of(host.run(purge("probe"))) == ErrorKind::invalid);
}

TEST_CASE("add-ons that share a directory agree about it") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", keeping("/var/lib/probe"));
  Files scan = scan_files();
  scan.at("addon.yaml") += "state_dirs: [{path: /var/lib/probe, owner: probe, mode: '0700'}]\n";
  host.write_bundle("scan", scan);
  CHECK(
      findings_of(host, host.apply({"scan"})) ==
      Lines{"state-dir-shared: probe and scan keep data in /var/lib/probe, and want another owner, group or "
            "mode for it"});
}

TEST_CASE("users and groups that do not exist are told before anything is changed") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", keeping("{path: /var/lib/probe, owner: probe, group: nogroup}"));
  const Lines found = findings_of(host, host.apply({"probe"}));
  CHECK(std::find_if(found.begin(), found.end(), [](const std::string& line) {
          return line.starts_with("host-user-unknown: group \"nogroup\" does not exist on this host");
        }) != found.end());
}

TEST_CASE("no directory is made outside while one on the way is exchanged for a link") {
  NEEDS_ROOT();
  Host host("/tmp");
  const std::string top = host / "srv";
  const std::string outside = host / "outside";
  fs::create_directories(top + "/mine");
  fs::create_directories(outside);
  fs::create_directory_symlink(outside, top + "/trap");
  REQUIRE(chown((top + "/mine").c_str(), 990, 991) == 0);
  REQUIRE(chown(top.c_str(), 990, 991) == 0);
  const auto root = linux::open_root(top.substr(0, top.rfind('/')));
  REQUIRE(root);
  const RelativePath path = RelativePath::of({"srv", "mine", "data"});
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop) {
      renameat2(AT_FDCWD, (top + "/mine").c_str(), AT_FDCWD, (top + "/trap").c_str(), RENAME_EXCHANGE);
    }
  });
  int made = 0;
  int refused = 0;
  // On a busy machine it takes its time until both have happened.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  const auto latest = end + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < (made == 0 || refused == 0 ? latest : end)) {
    const auto parent = open_above(**root, path, 990, Absent::is_null);
    const bool done = parent && *parent != nullptr && (*parent)->make_directory("new").has_value();
    if (!done) {
      ++refused;
      continue;
    }
    ++made;
    REQUIRE((*parent)->remove_directory("new"));
  }
  stop = true;
  swapper.join();
  std::cout << "state directory: " << made << " made, " << refused << " refused\n";
  CHECK(made > 0);
  CHECK(refused > 0);
  CHECK(names_in(outside) == Lines{});
}

TEST_CASE("nobody is given a directory that was put in the place of the new one") {
  NEEDS_ROOT();
  Host host("/tmp");
  const std::string top = host / "srv";
  fs::create_directories(top + "/roots");
  write_file(top + "/roots/secret", "root's own");
  const auto root = linux::open_root(top);
  REQUIRE(root);
  const UniqueFd roots(open((top + "/roots").c_str(), O_PATH));
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop) {
      renameat2(AT_FDCWD, (top + "/new").c_str(), AT_FDCWD, (top + "/roots").c_str(), RENAME_EXCHANGE);
    }
  });
  int made = 0;
  int refused = 0;
  int lost = 0;
  // The moment between making and opening is short: on a busy machine it takes its time to be hit.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  const auto latest = end + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < (made == 0 || refused == 0 ? latest : end)) {
    const auto directory = (*root)->make_directory("new");
    if (directory && (*directory)->set_owner(990, 991)) ++made;
    if (!directory) ++refused;
    struct stat state {};
    if (fstat(roots.get(), &state) != 0 || state.st_uid != 0) ++lost;
    // What is root's back to its name, and the other away.
    rmdir((top + "/new").c_str());
    rmdir((top + "/roots").c_str());
    rename((top + "/new").c_str(), (top + "/roots").c_str());
  }
  stop = true;
  swapper.join();
  std::cout << "new directory: " << made << " made, " << refused << " refused\n";
  CHECK(made > 0);
  CHECK(refused > 0);
  CHECK(lost == 0);
}
