// Each way in which a run can go wrong, and that the host is then as it was.
#include <fmt/format.h>
#include <sys/mount.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "unit/executor/before.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
using addon::test::Behaviour;
namespace fs = std::filesystem;

namespace {
// A version whose unit has a mark by which the fake service manager knows it.
Files marked(const std::string& version) {
  Files files = probe_files(version);
  files.at("probe.service").insert(10, "Nice=5\n");
  return files;
}

struct Bad {
  Behaviour behaviour;
  const char* message;
};
const Bad kBad[] = {
    {Behaviour::refuses, "cannot start probe.service: its job ended as \"failed\""},
    {Behaviour::crashes,
     "probe.service is restarted again and again (3 times) (active/running, result success); see journalctl "
     "-u "
     "probe.service"},
    {Behaviour::dies,
     "probe.service failed (failed/dead, result exit-code); see journalctl -u probe.service"},
    {Behaviour::ends,
     "probe.service ended although it should keep running (inactive/dead, result success); see journalctl -u "
     "probe.service"},
    {Behaviour::never_comes,
     "probe.service was not well within 12s; what was seen last: probe.service is not up (activating/dead, "
     "result success); see journalctl -u probe.service"},
};
}  // namespace

TEST_CASE("a first installation whose service is no good leaves nothing behind") {
  NEEDS_ROOT();
  const Bad bad = GENERATE(from_range(std::begin(kBad), std::end(kBad)));
  Host host;
  host.write_bundle("probe", marked("1.0.0"));
  host.units.behaviours["Nice=5"] = bad.behaviour;
  const Before before(host);
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(error_of(outcome) == bad.message);
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  before.check_unchanged();
}

TEST_CASE("an upgrade whose service is no good brings the old one back to run") {
  NEEDS_ROOT();
  const Bad bad = GENERATE(from_range(std::begin(kBad), std::end(kBad)));
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.write_bundle("probe", marked("1.1.0"));
  host.units.behaviours["Nice=5"] = bad.behaviour;
  const Before before(host);
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(error_of(outcome) == bad.message);
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  before.check_unchanged();
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
  CHECK(host.units.calls.back() == "restart probe.service");
}

TEST_CASE("a good service is not taken for a bad one because it was restarted once") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", marked("1.0.0"));
  host.units.behaviours["Nice=5"] = Behaviour::never_comes;
  // It comes up after a while.
  host.clock.on_sleep = [&] {
    host.units.behaviours.clear();
    REQUIRE(host.units.restart(plan::test::unit_name("probe.service"), {}));
    host.clock.on_sleep = nullptr;
  };
  host.must(host.apply({"probe"}));
}

TEST_CASE("one bad add-on takes back all of the run") {
  NEEDS_ROOT();
  Host host;
  host.install("scan", scan_files("1.0.0"));
  host.write_bundle("scan", scan_files("2.0.0"));
  host.write_bundle("probe", marked("1.0.0"));
  host.units.behaviours["Nice=5"] = Behaviour::refuses;
  const Before before(host);
  CHECK(kind_of(host.run(host.apply({"probe", "scan"}))) == ErrorKind::rolled_back);
  before.check_unchanged();
}

TEST_CASE("a removal that fails brings back what was stopped, disabled and removed") {
  NEEDS_ROOT();
  Host host;
  host.install("scan", scan_files());
  host.install("probe", probe_files());
  const Before before(host);
  host.units.calls.clear();
  host.units.fail_at = 4;
  const auto outcome = host.run(Host::remove({"probe", "scan"}));
  CHECK(error_of(outcome) == "reload failed on purpose");
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  before.check_unchanged();
}

TEST_CASE("a unit that was started by another one is stopped before its file goes") {
  NEEDS_ROOT();
  Host host;
  Files files = marked("1.0.0");
  files.at("addon.yaml") += "systemd: {units: [probe.service, helper.service], primary: probe.service}\n";
  files.at("probe.service").insert(0, "[Unit]\nRequires=helper.service\n");
  files["helper.service"] = "[Service]\nUser=probe\nExecStart=/opt/addons/probe/current/probe\n";
  host.write_bundle("probe", files);
  host.units.behaviours["Nice=5"] = Behaviour::dies;
  const Before before(host);
  CHECK(kind_of(host.run(host.apply({"probe"}))) == ErrorKind::rolled_back);
  before.check_unchanged();
}

TEST_CASE("what is renamed into place was synced before, and its directory is afterwards") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.write_bundle("probe", probe_files("1.1.0"));
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  host.faults.calls.clear();
  REQUIRE(error_of(host.execute(*prepared)) == "");
  const Lines& calls = host.faults.calls;
  std::size_t renames = 0;
  bool is_synced = true;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    CAPTURE(i, calls);
    // Whatever is put into place gets its owner after its bytes; what the journal notes is not synced.
    if (calls[i] == "chown" || calls[i] == "set capabilities") is_synced = false;
    if (calls[i] == "fsync") is_synced = true;
    if (calls[i] != "rename") continue;
    ++renames;
    CHECK(is_synced);
    REQUIRE(i + 1 < calls.size());
    CHECK(calls[i + 1] == "fsync directory");
  }
  // The version, current, and the record of the generation at least.
  CHECK(renames >= 3);
}

TEST_CASE("a host that changed after the plan was made is stale, and what was there stays") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.write_bundle("probe", marked("1.1.0"));
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  const std::string unit = host / "etc/systemd/system/probe.service";
  const std::string current = host / "opt/addons/probe/current";
  std::string message;
  SECTION("unit edited") {
    write_file(unit, "[Service]\n");
    message =
        "cannot install probe.service: /etc/systemd/system/probe.service changed since the plan was made";
  }
  SECTION("unit gone") {
    fs::remove(unit);
    message =
        "cannot install probe.service: /etc/systemd/system/probe.service disappeared since the plan was made";
  }
  SECTION("unit replaced by a link") {
    fs::remove(unit);
    fs::create_symlink("/dev/null", unit);
    message =
        "cannot install probe.service: /etc/systemd/system/probe.service changed since the plan was made";
  }
  SECTION("current elsewhere") {
    fs::remove(current);
    fs::create_symlink("/etc", current);
    message = "cannot switch current of probe to versions/1.1.0: it changed since the plan was made";
  }
  SECTION("current gone") {
    fs::remove(current);
    message = "cannot switch current of probe to versions/1.1.0: it changed since the plan was made";
  }
  SECTION("capabilities gone") {
    const std::string program = host / "opt/addons/probe/versions/1.0.0/probe";
    write_file(program, "program 1.0.0");
    message = "cannot give probe of probe 1.0.0 no capabilities: it changed since the plan was made";
  }
  const Before before(host);
  const auto outcome = host.execute(*prepared);
  CHECK(error_of(outcome) == message);
  CHECK(kind_of(outcome) == ErrorKind::stale);
  before.check_unchanged();
}

TEST_CASE("what stands where an enablement link has to be is somebody's and stays") {
  NEEDS_ROOT();
  Host host;
  host.offline = GENERATE(false, true);
  fs::create_directories(host / "etc/systemd/system/multi-user.target.wants");
  fs::create_symlink("/run/mine.service", host / "etc/systemd/system/multi-user.target.wants/probe.service");
  host.write_bundle("probe", probe_files());
  const Before before(host);
  CHECK(error_of(host.run(host.apply({"probe"}))) ==
        "cannot enable probe.service: /etc/systemd/system/multi-user.target.wants/probe.service is there "
        "already "
        "and does not lead to it; remove it");
  before.check_unchanged();
}

TEST_CASE("links that were there before an upgrade are there after it failed, as they were written") {
  NEEDS_ROOT();
  Host host;
  Files files = probe_files("1.0.0");
  files.at("probe.service") += "WantedBy=graphical.target\n";
  host.install("probe", files);
  const std::string link = host / "etc/systemd/system/graphical.target.wants/probe.service";
  fs::remove(link);
  fs::create_symlink("../probe.service", link);
  files = marked("1.1.0");
  files.at("probe.service") += "WantedBy=network.target\n";
  host.write_bundle("probe", files);
  host.units.behaviours["Nice=5"] = Behaviour::dies;
  const Before before(host);
  CHECK(kind_of(host.run(host.apply({"probe"}))) == ErrorKind::rolled_back);
  before.check_unchanged();
  host.units.behaviours.clear();
  host.must(host.apply({"probe"}));
  CHECK_FALSE(exists(link));
  CHECK(exists(host / "etc/systemd/system/multi-user.target.wants/probe.service"));
  CHECK(exists(host / "etc/systemd/system/network.target.wants/probe.service"));
}

TEST_CASE("a record that cannot be written takes everything back") {
  NEEDS_ROOT();
  Host host;
  fs::create_directories(host / "var/lib/addonctl");
  host.write_bundle("probe", probe_files());
  auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  write_file(host / "var/lib/addonctl/generations", "a file in its place");
  const Before before(host);
  const auto outcome = host.execute(*prepared);
  CHECK_THAT(error_of(outcome), Catch::StartsWith("cannot record the new generation: "));
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  before.check_unchanged();
}

TEST_CASE("a disk that fills up takes everything back, and the same apply works once there is room") {
  NEEDS_ROOT();
  const std::string disk = "/tmp/addonctl-full-disk-" + std::to_string(getpid());
  const auto resize = [&](const char* size) {
    return mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, size) == 0;
  };
  fs::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=4m") != 0) {
    fs::remove(disk);
    WARN("skipped: this test needs to mount a tmpfs");
    return;
  }
  {
    Host host(disk);
    Files files = probe_files();
    files.at("probe") = std::string(200 << 10, 'x');
    host.install("probe", files);
    files = probe_files("2.0.0");
    files.at("probe") = std::string(200 << 10, 'y');
    host.write_bundle("probe", files);
    const Before before(host);
    SECTION("seen before anything is done") {
      REQUIRE(resize("size=512k"));
      const auto outcome = host.run(host.apply({"probe"}));
      CHECK_THAT(error_of(outcome), Catch::StartsWith("the filesystem of /opt/addons has "));
      CHECK(kind_of(outcome) == ErrorKind::rolled_back);
    }
    SECTION("while it is staged") {
      host.on_progress = [&](std::string_view what) {
        if (what.starts_with("staging")) REQUIRE(resize("size=512k"));
      };
      const auto outcome = host.run(host.apply({"probe"}));
      CHECK_THAT(error_of(outcome), Catch::Contains("no space is left on its filesystem"));
      CHECK(kind_of(outcome) == ErrorKind::rolled_back);
      host.on_progress = nullptr;
    }
    before.check_unchanged();
    REQUIRE(resize("size=4m"));
    host.must(host.apply({"probe"}));
  }
  CHECK(umount(disk.c_str()) == 0);
  fs::remove(disk);
}

TEST_CASE("an interruption ends the run after the step it is in, and takes back what was done") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.write_bundle("probe", probe_files("1.1.0"));
  SECTION("at once") { host.interrupted = true; }
  SECTION("while it waits for the service") {
    host.clock.on_sleep = [&] { host.interrupted = true; };
  }
  const Before before(host);
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(error_of(outcome) == "interrupted");
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  before.check_unchanged();
}

TEST_CASE("when undoing fails, too, both causes are told and the rest is put back all the same") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", marked("1.0.0"));
  host.units.behaviours["Nice=5"] = Behaviour::dies;
  host.units.broken = {"stop probe.service"};
  const Snapshot before = host.snapshot();
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(kind_of(outcome) == ErrorKind::undo_failed);
  CHECK(error_of(outcome) ==
        "probe.service failed (failed/dead, result exit-code); see journalctl -u probe.service; "
        "then: cannot undo starting probe.service: stop probe.service failed on purpose; "
        "then: cannot undo installing probe.service: stop probe.service failed on purpose");
  const Lines left = difference(before, host.snapshot());
  CHECK_THAT(left, Catch::VectorContains(std::string("new: /etc/systemd/system/probe.service")));
  CHECK_FALSE(exists(host / "opt"));
}

TEST_CASE("an old service that does not come back is said to be left to do") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.write_bundle("probe", marked("1.1.0"));
  host.units.broken = {"restart probe.service"};
  const Snapshot before = host.snapshot();
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(kind_of(outcome) == ErrorKind::undo_failed);
  CHECK(error_of(outcome) ==
        "restart probe.service failed on purpose; then: cannot undo restarting probe.service: restart "
        "probe.service failed on purpose");
  CHECK(difference(before, host.snapshot()) == Lines{});
}
