// What a host looks like after each verb, by other means than the executor's own.
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "executor/generations.hpp"
#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
namespace fs = std::filesystem;

namespace {
const std::string kProbe = "opt/addons/probe/versions/1.0.0/probe";
const std::string kUnit = "etc/systemd/system/probe.service";

Snapshot without_records(Snapshot snapshot) {
  std::erase_if(snapshot, [](const auto& entry) { return entry.first.starts_with("/var"); });
  return snapshot;
}

// Lets the files settle, so that their digests may be remembered.
void settle() { usleep(150000); }
}  // namespace

TEST_CASE("a first installation puts everything where it belongs, as root's") {
  NEEDS_ROOT();
  Host host("/tmp");
  const Outcome outcome = host.install("probe", probe_files());
  CHECK(outcome.generation == 1);

  const Snapshot tree = host.snapshot();
  const auto starts = [&](const std::string& path, const std::string& what) {
    INFO(path);
    REQUIRE(tree.contains(path));
    CHECK_THAT(tree.at(path), Catch::StartsWith(what));
  };
  starts("/opt", "040755 0:0 ");
  starts("/opt/addons/probe/versions/1.0.0", "040755 0:0 ");
  starts("/opt/addons/probe/versions/1.0.0/probe",
         "100750 0:991 1 links, " + Digest::of("program 1.0.0").hex());
  starts("/opt/addons/probe/versions/1.0.0/probe.conf", "100644 0:0 1 links, ");
  starts("/opt/addons/probe/versions/1.0.0/addon.yaml", "100644 0:0 1 links, ");
  starts("/opt/addons/probe/current", "120777 0:0 -> versions/1.0.0");
  starts("/etc/systemd/system/probe.service",
         "100644 0:0 1 links, " + Digest::of(probe_files().at("probe.service")).hex());
  starts("/etc/systemd/system/multi-user.target.wants/probe.service",
         "120777 0:0 -> /etc/systemd/system/probe.service");
  starts("/var/lib/addonctl/generations/1.json", "100644 0:0 1 links, ");
  CHECK(raw_capabilities(host / kProbe) == kNetRaw);
  CHECK(names_in(host / "opt/addons/probe/versions") == Lines{"1.0.0"});
  CHECK(names_in(host / "opt/addons/probe") == Lines{"current", "versions"});
  CHECK(names_in(host / "etc/systemd/system") == Lines{"multi-user.target.wants", "probe.service"});
}

TEST_CASE("getcap sees the capability that was granted") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  FILE* const getcap = popen(("/sbin/getcap " + (host / kProbe)).c_str(), "r");
  REQUIRE(getcap != nullptr);
  char text[512] = {};
  CHECK(fgets(text, sizeof text, getcap) != nullptr);
  pclose(getcap);
  CHECK(std::string(text) == (host / kProbe) + " cap_net_raw=ep\n");
}

TEST_CASE("a first installation reloads once, then starts what it says it starts") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  CHECK(host.units.calls ==
        Lines{"enable probe.service", "reload", "reset-failed probe.service", "start probe.service"});
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
  CHECK_THAT(host.progress, Catch::VectorContains(std::string("staging probe 1.0.0")));
  CHECK_THAT(host.progress, Catch::VectorContains(std::string("waiting for probe.service to stay up")));
}

TEST_CASE("applying the same thing again asks systemd for nothing and writes nothing") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  host.units.calls.clear();
  const Snapshot before = host.snapshot();
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  CHECK(prepared->plan.steps.empty());
  CHECK(prepared->plan.summary.unchanged == 1);
  CHECK(host.must(host.apply({"probe"})).generation == 1);
  CHECK(host.units.calls == Lines{});
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("after an upgrade the new version runs with its capability, and the old one has none") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.units.calls.clear();
  CHECK(host.install("probe-new", probe_files("1.1.0")).generation == 2);
  CHECK(raw_capabilities(host / kProbe) == "");
  CHECK(raw_capabilities(host / "opt/addons/probe/versions/1.1.0/probe") == kNetRaw);
  CHECK(link_of(host / "opt/addons/probe/current") == "versions/1.1.0");
  CHECK(names_in(host / "opt/addons/probe/versions") == Lines{"1.0.0", "1.1.0"});
  CHECK(host.units.running() == Lines{"probe.service: versions/1.1.0"});
  // Its unit is the same, so nothing has to be read again.
  CHECK(host.units.calls == Lines{"reset-failed probe.service", "restart probe.service"});
}

TEST_CASE("an upgrade with another unit reloads once before it restarts") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.units.calls.clear();
  Files files = probe_files("1.1.0");
  files.at("probe.service").insert(10, "Nice=5\n");
  host.install("probe", files);
  CHECK(host.units.calls == Lines{"reload", "reset-failed probe.service", "restart probe.service"});
  CHECK(read_file(host / kUnit) == files.at("probe.service"));
  CHECK(names_in(host / "etc/systemd/system") == Lines{"multi-user.target.wants", "probe.service"});
}

TEST_CASE("a removal leaves the version without capabilities, and nothing else of the add-on") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  host.units.calls.clear();
  CHECK(host.must(Host::remove({"probe"})).generation == 2);
  CHECK_FALSE(exists(host / kUnit));
  CHECK_FALSE(exists(host / "etc/systemd/system/multi-user.target.wants/probe.service"));
  CHECK_FALSE(exists(host / "opt/addons/probe/current"));
  CHECK(names_in(host / "opt/addons/probe/versions") == Lines{"1.0.0"});
  CHECK(raw_capabilities(host / kProbe) == "");
  CHECK(host.units.running() == Lines{});
  CHECK(host.units.calls == Lines{"stop probe.service", "reset-failed probe.service", "reload"});

  const Snapshot before = host.snapshot();
  CHECK(host.must(Host::remove({"probe"})).generation == 2);
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("a removal copes with whatever is missing already") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  SECTION("unit") { fs::remove(host / kUnit); }
  SECTION("link") { fs::remove(host / "etc/systemd/system/multi-user.target.wants/probe.service"); }
  SECTION("current") { fs::remove(host / "opt/addons/probe/current"); }
  SECTION("version") { fs::remove_all(host / "opt/addons/probe/versions/1.0.0"); }
  SECTION("program") { fs::remove(host / kProbe); }
  SECTION("everything") {
    fs::remove_all(host / "opt");
    fs::remove_all(host / "etc");
  }
  host.must(Host::remove({"probe"}));
  CHECK_FALSE(exists(host / kUnit));
  CHECK_FALSE(exists(host / "opt/addons/probe/current"));
  CHECK(host.units.running() == Lines{});
}

TEST_CASE("an operator's drop-in survives an upgrade and a removal") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  fs::create_directory(host / "etc/systemd/system/probe.service.d");
  write_file(host / "etc/systemd/system/probe.service.d/local.conf", "[Service]\nNice=1\n");
  host.install("probe", probe_files("2.0.0"));
  host.must(Host::remove({"probe"}));
  CHECK(read_file(host / "etc/systemd/system/probe.service.d/local.conf") == "[Service]\nNice=1\n");
}

TEST_CASE("a timer is enabled and started, its service is not") {
  NEEDS_ROOT();
  Host host;
  host.install("scan", scan_files());
  CHECK(exists(host / "etc/systemd/system/scan.service"));
  CHECK(link_of(host / "etc/systemd/system/timers.target.wants/scan.timer") ==
        "/etc/systemd/system/scan.timer");
  CHECK(host.units.calls ==
        Lines{"enable scan.timer", "reload", "reset-failed scan.timer", "start scan.timer"});
}

TEST_CASE("several add-ons are one generation; pruning takes away what is not named") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  host.write_bundle("scan", scan_files());
  CHECK(host.must(host.apply({"scan", "probe"})).generation == 1);
  CHECK(host.units.running().size() == 2);
  Request request = host.apply({"probe"});
  request.prune = true;
  CHECK(host.must(request).generation == 2);
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
  CHECK(exists(host / kUnit));
  CHECK_FALSE(exists(host / "etc/systemd/system/scan.timer"));
}

TEST_CASE("below another root units are enabled by links, and nothing is started") {
  NEEDS_ROOT();
  Host host;
  host.offline = true;
  host.install("probe", probe_files());
  CHECK(link_of(host / "etc/systemd/system/multi-user.target.wants/probe.service") ==
        "/etc/systemd/system/probe.service");
  CHECK(raw_capabilities(host / kProbe) == kNetRaw);
  CHECK(host.units.calls == Lines{});
  const Snapshot before = host.snapshot();
  CHECK(host.must(host.apply({"probe"})).generation == 1);
  CHECK(difference(before, host.snapshot()) == Lines{});
  host.must(Host::remove({"probe"}));
  CHECK_FALSE(exists(host / "etc/systemd/system/multi-user.target.wants/probe.service"));
}

TEST_CASE("files in folders and with modes of their own are staged so") {
  NEEDS_ROOT();
  Host host;
  Files files = probe_files();
  files.at("addon.yaml") +=
      "files:\n- {path: lib/deep/tool, mode: '0755'}\n- {path: empty}\n- {path: probe.conf}\n";
  host.write_bundle("probe", files);
  fs::create_directories(host.bundle_path("probe") + "/lib/deep");
  write_file(host.bundle_path("probe") + "/lib/deep/tool", std::string(1000000, 'x'));
  write_file(host.bundle_path("probe") + "/empty", "");
  host.must(host.apply({"probe"}));
  const Snapshot tree = host.snapshot();
  const std::string version = "/opt/addons/probe/versions/1.0.0";
  CHECK(tree.at(version + "/lib/deep/tool") ==
        "100755 0:0 1 links, " + Digest::of(std::string(1000000, 'x')).hex() + " ");
  CHECK(tree.at(version + "/empty") == "100644 0:0 1 links, " + Digest::of("").hex() + " ");
  CHECK_THAT(tree.at(version + "/lib/deep"), Catch::StartsWith("040755 0:0 "));
  CHECK(host.must(host.apply({"probe"})).generation == 1);
}

TEST_CASE("drift of every kind is found and repaired from the bundle to the very same tree") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  const Snapshot sound = without_records(host.snapshot());
  SECTION("bytes") { write_file(host / kProbe, "PROGRAM 1.0.0"); }
  SECTION("mode") { REQUIRE(chmod((host / kProbe).c_str(), 0755) == 0); }
  SECTION("owner") { REQUIRE(chown((host / kProbe).c_str(), 990, 991) == 0); }
  SECTION("further file") { write_file(host / "opt/addons/probe/versions/1.0.0/more", "x"); }
  SECTION("missing file") { fs::remove(host / "opt/addons/probe/versions/1.0.0/probe.conf"); }
  SECTION("capability lost") { REQUIRE(removexattr((host / kProbe).c_str(), "security.capability") == 0); }
  SECTION("capability on another file") {
    const unsigned char everything[20] = {1, 0, 0, 2, 0xff, 0xff, 0xff, 0xff};
    REQUIRE(setxattr((host / "opt/addons/probe/versions/1.0.0/probe.conf").c_str(), "security.capability",
                     everything, sizeof everything, 0) == 0);
  }
  SECTION("unit text") { write_file(host / kUnit, "[Service]\nExecStart=/bin/sh\n"); }
  SECTION("unit missing") { fs::remove(host / kUnit); }
  SECTION("link missing") { fs::remove(host / "etc/systemd/system/multi-user.target.wants/probe.service"); }
  SECTION("current missing") { fs::remove(host / "opt/addons/probe/current"); }
  SECTION("version missing") { fs::remove_all(host / "opt/addons/probe/versions/1.0.0"); }
  REQUIRE(without_records(host.snapshot()) != sound);
  CHECK(host.must(host.apply({"probe"})).generation == 2);
  CHECK(difference(sound, without_records(host.snapshot())) == Lines{});
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
}

TEST_CASE("a service that was stopped is started again") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  REQUIRE(host.units.stop(plan::test::unit_name("probe.service"), {}));
  host.must(host.apply({"probe"}));
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
}

TEST_CASE("leftovers of a killed run are no obstacle") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  fs::create_directories(host / "opt/addons/probe/versions/.stage-0123456789abcdef/x");
  fs::create_symlink("versions/9", host / "opt/addons/probe/.current-0123456789abcdef");
  write_file(host / "etc/systemd/system/.addonctl-0123456789abcdef-x.tmp", "x");
  write_file(host / "var/lib/addonctl/generations/.addonctl-new-0123456789abcdef", "x");
  CHECK(host.must(host.apply({"probe"})).generation == 1);
  host.install("probe", probe_files("2.0.0"));
  CHECK(host.units.running() == Lines{"probe.service: versions/2.0.0"});
}

TEST_CASE("what is remembered by identity is what the file with that identity holds") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  settle();
  host.must(host.apply({"probe"}));
  const auto root = linux::open_root(host / "");
  const auto generation = read_last_generation(**root);
  REQUIRE(error_of(generation) == "");
  std::map<std::uint64_t, std::string> by_inode;
  for (const auto& directory : {host / "opt/addons/probe/versions/1.0.0", host.bundle_path("probe")}) {
    for (const std::string& name : names_in(directory)) {
      struct stat state {};
      REQUIRE(stat((directory + "/" + name).c_str(), &state) == 0);
      by_inode[state.st_ino] = read_file(directory + "/" + name);
      INFO(directory << "/" << name);
      const auto known =
          std::find_if(generation->generation.known.begin(), generation->generation.known.end(),
                       [&](const auto& one) { return one.first.inode == state.st_ino; });
      REQUIRE(known != generation->generation.known.end());
      CHECK(known->second == Digest::of(by_inode[state.st_ino]));
    }
  }
  CHECK(generation->generation.known.size() == by_inode.size());
}

TEST_CASE("bytes that nobody read are never remembered") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  SECTION("altered since, in an add-on that is not asked about") {
    write_file(host / kProbe, "evil program!");
    host.install("scan", scan_files());
  }
  SECTION("altered between the plan and its execution") {
    host.write_bundle("scan", scan_files());
    host.write_bundle("probe", probe_files());
    const auto prepared = host.prepare(host.apply({"probe", "scan"}));
    REQUIRE(error_of(prepared) == "");
    write_file(host / kProbe, "evil program!");
    REQUIRE(error_of(host.execute(*prepared)) == "");
  }
  const auto drift = host.prepare(Host::repair());
  REQUIRE(error_of(drift) == "");
  CHECK(messages(drift->findings) ==
        Lines{"host-version-altered: versions/1.0.0 of probe is not what was installed on the host"});
}

TEST_CASE("what cannot run here changes nothing") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  host.unknown_users = {"probe"};
  const Snapshot before = host.snapshot();
  CHECK(kind_of(host.run(host.apply({"probe"}))).has_value());
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("a bundle named twice is one finding") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("one", probe_files());
  host.write_bundle("two", probe_files("2.0.0"));
  const auto prepared = host.prepare(host.apply({"one", "two"}));
  REQUIRE(error_of(prepared) == "");
  CHECK(messages(prepared->findings) == Lines{"duplicate-addon: probe is also what one holds"});
}

TEST_CASE("an earlier program that has a second name is no obstacle, and keeps capabilities under neither") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files());
  fs::create_hard_link(host / kProbe, host / "second");
  REQUIRE(raw_capabilities(host / "second") == kNetRaw);
  host.install("probe", probe_files("2.0.0"));
  CHECK(raw_capabilities(host / "second").empty());
  CHECK(raw_capabilities(host / kProbe).empty());
}
