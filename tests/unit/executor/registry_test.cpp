// What the host's agent is told, at any moment.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <iostream>

#include "unit/executor/changes.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;

namespace {
constexpr const char* kFile = "var/lib/addonctl/registry.json";

Json entries_of(const Host& host) {
  const std::string text = read_file(host / kFile);
  return text.empty() ? Json::array() : Json::parse(text).at("addons");
}

/// "relay 1.0.0" of each entry.
Lines told(const Host& host) {
  Lines lines;
  for (const Json& entry : entries_of(host))
    lines.push_back(entry.at("id").get<std::string>() + " " + entry.at("version").get<std::string>());
  return lines;
}

/// What an agent that reads the registry now would find missing.
Lines unready(const Host& host) {
  Lines lines;
  for (const Json& entry : entries_of(host)) {
    if (entry.at("exec").is_null()) continue;
    const std::string binary = entry.at("exec").at("binary");
    const std::string on_disk = host / binary.substr(1);
    const bool has_bytes =
        exists(on_disk) && Digest::of(read_file(on_disk)).str() == entry.at("exec").at("sha256");
    if (!has_bytes) lines.push_back(binary + " is not there");
    if (raw_capabilities(on_disk) != (entry.at("os_capabilities").empty() ? "" : kNetRaw))
      lines.push_back(binary + " has other capabilities");
  }
  return lines;
}

/// What the registry says that systemd runs, and that does not run.
Lines stopped(const Host& host) {
  Lines lines;
  const Lines running = host.units.running();
  for (const Json& entry : entries_of(host)) {
    for (const Json& unit : entry.at("units")) {
      if (unit.at("primary") != true) continue;
      const std::string name = unit.at("name");
      const bool runs = std::any_of(running.begin(), running.end(),
                                    [&](const std::string& line) { return line.starts_with(name + ":"); });
      if (!runs) lines.push_back(name + " does not run");
    }
  }
  return lines;
}

/// What the registry may say while a host is changed.
enum class Expected {
  files,        ///< only what is there, with its capabilities
  services,     ///< and what runs
  files_or_old  ///< or what it said before, which was not ready even then
};

/// Looks before each call of whatever is done with the host.
void watch(Host& host, Expected expected, int& looks) {
  const std::string old = read_file(host / kFile);
  host.faults.on_call = [&host, &looks, expected, old] {
    ++looks;
    if (expected == Expected::files_or_old && read_file(host / kFile) == old) return;
    const Lines missing = unready(host);
    if (!missing.empty()) FAIL_CHECK(missing.front());
    if (expected != Expected::services) return;
    const Lines silent = stopped(host);
    if (!silent.empty()) FAIL_CHECK(silent.front());
  };
}

/// Each `stride`th call fails once, then none.
void fail_everywhere(const Change& change, Expected expected, int stride, int& looks) {
  Host host;
  change.prepare(host);
  watch(host, expected, looks);
  for (int at = 0;; at += stride) {
    INFO("fails at call " << at);
    host.faults.fail_at = at;
    const auto outcome = host.run(change.request(host));
    const bool is_met = !host.faults.fail_at;
    host.faults.fail_at.reset();
    if (outcome || !is_met) break;
  }
}

void kill_and_recover(const Change& change, Expected expected, int stride, int& looks) {
  for (int at = 0;; at += stride) {
    INFO("killed at call " << at);
    Host host;
    change.prepare(host);
    watch(host, expected, looks);
    host.faults.kill_at = at;
    bool killed = false;
    try {
      static_cast<void>(host.run(change.request(host)));
    } catch (const Killed&) {
      killed = true;
    }
    host.faults.kill_at.reset();
    if (!killed) return;
    CHECK(error_of(host.recover()) == "");
  }
}
}  // namespace

TEST_CASE("at no moment does the registry say what is not ready, whatever fails") {
  NEEDS_ROOT();
  int looks = 0;
  for (const Change* change : {&kFirst, &kRemoval}) fail_everywhere(*change, Expected::services, 3, looks);
  for (const Change* change : {&kUpgrade, &kRollback, &kModels})
    fail_everywhere(*change, Expected::files, 11, looks);
  fail_everywhere(kRepair, Expected::files_or_old, 11, looks);
  std::cout << "looked " << looks << " times\n";
  CHECK(looks > 10000);
}

TEST_CASE("at no moment does the registry say what is not ready, whatever kills a run") {
  NEEDS_ROOT();
  int looks = 0;
  for (const Change* change : {&kFirst, &kRemoval}) kill_and_recover(*change, Expected::services, 13, looks);
  for (const Change* change : {&kUpgrade, &kRollback, &kModels})
    kill_and_recover(*change, Expected::files, 13, looks);
  kill_and_recover(kRepair, Expected::files_or_old, 13, looks);
  CHECK(looks > 10000);
}

TEST_CASE("the registry says what is active, in which generation and by which plan") {
  NEEDS_ROOT();
  Host host;
  host.install("relay", relay_files());
  host.install("access", access_files());
  CHECK(told(host) == Lines{"access 1.0.0", "relay 1.0.0"});
  const Json registry = Json::parse(read_file(host / kFile));
  const Json record = Json::parse(read_file(host / "var/lib/addonctl/generations/2.json"));
  CHECK(registry.at("schema") == "addonctl.registry/v1");
  CHECK(registry.at("generation") == 2);
  CHECK(registry.at("plan") == record.at("plan"));
  host.must(Host::remove({"access", "relay"}));
  CHECK(told(host) == Lines{});
  CHECK(exists(host / kFile));
}

TEST_CASE("a registry that was altered or lost is drift, and written anew") {
  NEEDS_ROOT();
  Host host;
  host.install("relay", relay_files());
  const std::string whole = read_file(host / kFile);
  CHECK(host.prepare(Host::repair())->plan.steps.empty());
  write_file(host / kFile, "{}");
  REQUIRE(host.prepare(Host::repair())->plan.steps.size() == 1);
  host.must(Host::repair());
  CHECK(told(host) == Lines{"relay 1.0.0"});
  std::filesystem::remove(host / kFile);
  REQUIRE(host.prepare(Host::repair())->plan.steps.size() == 1);
  host.must(Host::repair());
  CHECK(told(host) == Lines{"relay 1.0.0"});
  CHECK(host.prepare(Host::repair())->plan.steps.empty());
}

TEST_CASE("whatever stands in the place of the registry is replaced, and put back where a run fails") {
  NEEDS_ROOT();
  for (const bool is_link : {true, false}) {
    Host host;
    host.install("relay", relay_files());
    write_file(host / "elsewhere", "not ours");
    std::filesystem::remove(host / kFile);
    if (is_link) {
      std::filesystem::create_symlink(host / "elsewhere", host / kFile);
    } else {
      std::filesystem::create_directory(host / kFile);
      write_file(host / kFile + "/file", "x");
    }
    const Snapshot before = host.snapshot();
    host.write_bundle("probe", probe_files());
    host.units.behaviours["ExecStart=/opt/addons/probe"] = addon::test::Behaviour::refuses;
    CHECK(kind_of(host.run(host.apply({"probe"}))) == ErrorKind::rolled_back);
    CHECK(difference(before, host.snapshot()) == Lines{});
    host.units.behaviours.clear();
    host.must(host.apply({"probe"}));
    CHECK(told(host) == Lines{"probe 1.0.0", "relay 1.0.0"});
    CHECK(read_file(host / "elsewhere") == "not ours");
  }
}

TEST_CASE("a toggle is rolled back by what the record says of it") {
  NEEDS_ROOT();
  Host host;
  host.install("access", access_files("1.0.0"));
  host.install("access", access_files("2.0.0"));
  CHECK(told(host) == Lines{"access 2.0.0"});
  host.must(Host::rollback("access"));
  CHECK(told(host) == Lines{"access 1.0.0"});
  host.must(Host::rollback_host());
  CHECK(told(host) == Lines{"access 2.0.0"});
  CHECK_FALSE(exists(host / "opt/addons/access"));
}

TEST_CASE("a toggle whose manifest in the record is not the one that was applied is refused") {
  NEEDS_ROOT();
  Host host;
  host.install("access", access_files("1.0.0"));
  host.install("access", access_files("2.0.0"));
  const std::string record = host / "var/lib/addonctl/generations/1.json";
  std::string text = read_file(record);
  text.replace(text.find("run_as: probe"), 13, "run_as: root ");
  write_file(record, text);
  const auto outcome = host.run(Host::rollback("access"));
  REQUIRE_FALSE(outcome);
  CHECK(
      messages(outcome.error().findings()) ==
      Lines{
          "host-version-altered: cannot go back to access 1.0.0: its manifest in the record is not what was "
          "applied"});
}

TEST_CASE("a service that became a toggle comes back with all that it had") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  Files toggle = access_files("2.0.0");
  std::string& text = toggle.at("addon.yaml");
  text.replace(0, text.find('\n'), "id: probe");
  host.install("probe", toggle);
  CHECK(host.units.running() == Lines{});
  CHECK_FALSE(exists(host / "opt/addons/probe/current"));
  CHECK(raw_capabilities(host / "opt/addons/probe/versions/1.0.0/probe").empty());
  host.must(Host::rollback("probe"));
  CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0"});
  CHECK(raw_capabilities(host / "opt/addons/probe/versions/1.0.0/probe") == kNetRaw);
  host.must(Host::rollback_host());
  CHECK(told(host) == Lines{"probe 2.0.0"});
}

TEST_CASE("a root that is prepared has its registry, too") {
  NEEDS_ROOT();
  Host host;
  host.offline = true;
  host.install("probe", probe_files());
  CHECK(told(host) == Lines{"probe 1.0.0"});
}
