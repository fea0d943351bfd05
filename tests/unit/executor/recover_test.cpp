// Every single call that a run makes is once its last: the next run brings the host to exactly the old
// or exactly the new generation.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <iostream>

#include "executor/journal.hpp"
#include "linux/directory.hpp"
#include "unit/executor/changes.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;

namespace {
// The tree and what runs. Generations hold the time and inodes: of them only the names count. The empty
// directories of the journal and the generations are nobody's loss.
struct State {
  Snapshot tree;
  Lines running;

  bool operator==(const State&) const = default;
};

State state_of(const Host& host) {
  State state{host.snapshot(), host.units.running()};
  // Which plan made it is another on each host.
  std::string registry = read_file(host / "var/lib/addonctl/registry.json");
  if (const auto plan = registry.find("\"plan\":"); plan != std::string::npos) registry.erase(plan, 82);
  for (auto& [path, what] : state.tree) {
    if (path == "/var/lib/addonctl/registry.json") what = what.substr(0, 12) + registry;
    if (path.starts_with("/var/lib/addonctl/generations/")) what = "a generation";
  }
  for (const char* path : {"/var", "/var/lib", "/var/lib/addonctl", "/var/lib/addonctl/journal",
                           "/var/lib/addonctl/generations"}) {
    state.tree.erase(path);
  }
  return state;
}

std::string describe(const State& wanted, const State& found) {
  std::string text;
  for (const std::string& line : difference(wanted.tree, found.tree)) text += line + "\n";
  for (const std::string& line : found.running) text += "runs: " + line + "\n";
  return text;
}

/// Runs to its end, or to its death. False: it was not killed.
template <class Run>
bool dies(Host& host, int kill_at, const Run& run) {
  host.faults.kill_at = kill_at;
  bool killed = false;
  try {
    run();
  } catch (const Killed&) {
    killed = true;
  }
  host.faults.kill_at.reset();
  return killed;
}

struct Ends {
  State old_state;
  State new_state;
  Lines outdated;  ///< what systemd did not know before, nobody has to tell it
};

Ends ends_of(const Change& change) {
  Host host;
  change.prepare(host);
  Ends ends{state_of(host), {}, host.units.outdated()};
  host.must(change.request(host));
  ends.new_state = state_of(host);
  return ends;
}

void check_recovered(const Ends& ends, Host& host) {
  const auto recovery = host.recover();
  INFO(error_of(recovery));
  REQUIRE(recovery);
  const State found = state_of(host);
  const bool is_old = found == ends.old_state;
  const bool is_new = found == ends.new_state;
  if (!is_old && !is_new) {
    FAIL("neither old: " << describe(ends.old_state, found)
                         << "nor new: " << describe(ends.new_state, found));
  }
  if (recovery->outcome == Recovery::Outcome::undone) CHECK(is_old);
  if (recovery->outcome == Recovery::Outcome::finished) CHECK(is_new);
  CHECK(recovery->warnings == Lines{});
  if (host.units.outdated() != ends.outdated) CHECK(host.units.outdated() == Lines{});
  CHECK(host.recover()->outcome == Recovery::Outcome::nothing);
}

#if defined(__SANITIZE_ADDRESS__)
// What takes a second takes many there; tests/fault/run kills the program itself at every call.
constexpr int kKillStride = 4;
constexpr int kStride = 127;
#else
constexpr int kKillStride = 1;
constexpr int kStride = 31;
#endif

/// How many calls it was killed at: each `kKillStride`th.
int kill_everywhere(const Change& change) {
  const Ends ends = ends_of(change);
  for (int at = 0;; at += kKillStride) {
    Host host;
    change.prepare(host);
    if (!dies(host, at, [&] { static_cast<void>(host.run(change.request(host))); })) return at / kKillStride;
    INFO("killed at call " << at);
    check_recovered(ends, host);
    host.must(change.request(host));
  }
}

/// Kills the run at every `stride`th call, and then its recovery at each.
int kill_recovery_everywhere(const Change& change, int stride) {
  const Ends ends = ends_of(change);
  int kills = 0;
  for (int at = stride / 2;; at += stride) {
    for (int again = 0;; ++again) {
      Host host;
      change.prepare(host);
      if (!dies(host, at, [&] { static_cast<void>(host.run(change.request(host))); })) return kills;
      ++kills;
      if (!dies(host, again, [&] { static_cast<void>(host.recover()); })) break;
      INFO("killed at call " << at << ", then at call " << again << " of recovery");
      check_recovered(ends, host);
    }
  }
}
}  // namespace

TEST_CASE("a run that is killed at any call is undone or finished by the next", "[killed]") {
  NEEDS_ROOT();
  int kills = 0;
  for (const Change* change :
       {&kFirst, &kUpgrade, &kArchives, &kRemoval, &kPurge, &kRollback, &kRepair, &kModels})
    kills += kill_everywhere(*change);
  std::cout << "killed at " << kills << " calls\n";
  CHECK(kills > 600 / kKillStride);
}

TEST_CASE("a recovery that is killed at any call is brought to its end by the next", "[killed]") {
  NEEDS_ROOT();
  int kills = 0;
  for (const Change* change :
       {&kFirst, &kUpgrade, &kArchives, &kRemoval, &kPurge, &kRollback, &kRepair, &kModels})
    kills += kill_recovery_everywhere(*change, kStride);
  std::cout << "killed twice at " << kills << " pairs of calls\n";
  CHECK(kills > 100);
}

TEST_CASE("after a reboot everything is put back, whatever the journal lost, and nothing is started") {
  NEEDS_ROOT();
  const Ends ends = ends_of(kUpgrade);
  for (int at = 0;; at += 7) {
    Host host;
    kUpgrade.prepare(host);
    if (!dies(host, at, [&] { static_cast<void>(host.run(kUpgrade.request(host))); })) break;
    INFO("power lost at call " << at);
    // Of the journal only what was synced is certain: its first line.
    for (const std::string& name : names_in(host / "var/lib/addonctl")) {
      if (name != "journal") continue;
      for (const std::string& file : names_in(host / "var/lib/addonctl/journal")) {
        const std::string path = host / "var/lib/addonctl/journal/" + file;
        const std::string text = read_file(path);
        write_file(path, text.substr(0, text.find('\n') + 1));
      }
    }
    host.units.reboot();
    host.boot = "boot-2";
    host.units.calls.clear();
    const auto recovery = host.recover();
    REQUIRE(error_of(recovery) == "");
    const Snapshot found = state_of(host).tree;
    const bool is_whole = found == ends.old_state.tree || found == ends.new_state.tree;
    if (!is_whole) FAIL(describe(ends.old_state, state_of(host)));
    for (const std::string& call : host.units.calls) CHECK(call == "reload");
  }
}

TEST_CASE("a journal cut off at any byte is a torn one or loses lines, and never stops a run") {
  NEEDS_ROOT();
  Host host;
  kFirst.prepare(host);
  const State before = state_of(host);
  REQUIRE(dies(host, 80, [&] { static_cast<void>(host.run(kFirst.request(host))); }));
  const Lines files = names_in(host / "var/lib/addonctl/journal");
  REQUIRE(files.size() == 1);
  const std::string path = host / "var/lib/addonctl/journal/" + files.front();
  const std::string whole = read_file(path);
  const std::size_t intent = whole.find('\n') + 1;
  REQUIRE(whole.size() > intent + 100);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    write_file(path, whole.substr(0, size));
    const auto root = linux::open_root(host / "");
    const auto state = read_journal(**root);
    REQUIRE(error_of(state) == "");
    CHECK(state->corrupt == Lines{});
    CHECK(state->open.has_value() == (size >= intent));
    CHECK(state->torn.size() == (size >= intent ? 0U : 1U));
  }
  write_file(path, whole);
  REQUIRE(host.recover());
  CHECK(state_of(host) == before);
}

TEST_CASE("a damaged journal is put aside with a warning and the next run works") {
  NEEDS_ROOT();
  Host host;
  kFirst.prepare(host);
  REQUIRE(dies(host, 80, [&] { static_cast<void>(host.run(kFirst.request(host))); }));
  const std::string directory = host / "var/lib/addonctl/journal";
  const std::string name = names_in(directory).front();
  std::string text = read_file(directory + "/" + name);
  text[100] ^= 1;
  write_file(directory + "/" + name, text);
  const auto recovery = host.recover();
  REQUIRE(error_of(recovery) == "");
  CHECK(recovery->outcome == Recovery::Outcome::nothing);
  CHECK(
      recovery->warnings ==
      Lines{fmt::format("{0}/{1} is damaged, so the run that wrote it cannot be undone; it was put aside as "
                        "{1}.corrupt; run addonctl diff to see what is not as recorded",
                        directory, name)});
  CHECK(names_in(directory) == Lines{name + ".corrupt"});
  CHECK(host.recover()->warnings == Lines{});
}

TEST_CASE("what cannot be put back is said, and tried again") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.write_bundle("probe", probe_files("1.1.0"));
  const State before = state_of(host);
  REQUIRE(dies(host, 80, [&] { static_cast<void>(host.run(host.apply({"probe"}))); }));
  host.faults.fail_at = 14;
  const auto recovery = host.recover();
  host.faults.fail_at.reset();
  CHECK(kind_of(recovery) == ErrorKind::undo_failed);
  CHECK_THAT(error_of(recovery), Catch::StartsWith("cannot recover from the apply that was cut off at "));
  REQUIRE(error_of(host.recover()) == "");
  CHECK(state_of(host) == before);
}
