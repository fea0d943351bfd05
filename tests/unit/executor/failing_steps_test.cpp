// Every single call that a run makes fails once, in turn: the tree and what runs must be as before.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <functional>

#include "unit/executor/changes.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;

namespace {
// Runs until nothing is left to fail, setting the fault up anew each time. How many failed.
int sweep(const Change& what, const std::function<void(Host&, int)>& set_fault,
          const std::function<bool(const Host&)>& met) {
  Host host;
  what.prepare(host);
  const Snapshot before = host.snapshot();
  const Lines running = host.units.running();
  for (int at = 0;; ++at) {
    set_fault(host, at);
    const auto outcome = host.run(what.request(host));
    if (!met(host)) {
      CHECK(error_of(outcome) == "");
      return at;
    }
    INFO("call " << at << ": " << error_of(outcome));
    // After the commit there is nothing to take back, and something to say.
    if (outcome) {
      CHECK_FALSE(outcome->warnings.empty());
      return at;
    }
    REQUIRE(kind_of(outcome) == ErrorKind::rolled_back);
    REQUIRE(difference(before, host.snapshot()) == Lines{});
    REQUIRE(host.units.running() == running);
  }
}

int sweep_files(const Change& what, bool after_effect) {
  return sweep(
      what,
      [&](Host& host, int at) {
        host.faults.fail_at = at;
        host.faults.fails_after_effect = after_effect;
      },
      [](const Host& host) { return !host.faults.fail_at; });
}

int sweep_units(const Change& what, bool after_effect) {
  return sweep(
      what,
      [&](Host& host, int at) {
        host.units.fail_at = at;
        host.units.fails_after_effect = after_effect;
      },
      [](const Host& host) { return !host.units.fail_at; });
}

// Where the journal was not begun yet, nobody comes back for the directory that it should have stood in.
bool is_state_directory(const std::string& line) {
  return line == "new: /var" || line == "new: /var/lib" || line == "new: /var/lib/addonctl" ||
         line == "new: /var/lib/addonctl/generations" || line == "new: /var/lib/addonctl/journal";
}

/// Every `stride`th call fails, and then each call of the undoing. How many pairs.
int sweep_undo(const Change& what, int stride) {
  Host host;
  what.prepare(host);
  const Snapshot before = host.snapshot();
  const Lines running = host.units.running();
  int pairs = 0;
  for (int at = 0;; at += stride) {
    for (int second = 0;; ++second) {
      host.faults.fail_at = at;
      host.faults.then_fail_at = second;
      const auto outcome = host.run(what.request(host));
      const bool first_met = !host.faults.then_fail_at;
      const bool second_met = first_met && !host.faults.fail_at;
      host.faults.fail_at.reset();
      host.faults.then_fail_at.reset();
      if (outcome) return pairs;
      INFO("call " << at << ", then call " << second << ": " << error_of(outcome));
      const auto recovery = host.recover();
      INFO(error_of(recovery));
      REQUIRE(recovery);
      Lines left = difference(before, host.snapshot());
      std::erase_if(left, is_state_directory);
      REQUIRE(left == Lines{});
      REQUIRE(host.units.running() == running);
      if (!second_met) break;
      ++pairs;
    }
  }
}

#if defined(__SANITIZE_ADDRESS__)
constexpr int kStride = 61;  // what takes a second takes many there
#else
constexpr int kStride = 7;
#endif
}  // namespace

TEST_CASE("when a call of the undoing fails, too, the next run brings everything back") {
  NEEDS_ROOT();
  CHECK(sweep_undo(kFirst, kStride) > 10);
  CHECK(sweep_undo(kUpgrade, kStride) > 10);
  CHECK(sweep_undo(kRemoval, kStride) > 10);
}

TEST_CASE("a first installation that fails at any call on a file leaves nothing") {
  NEEDS_ROOT();
  CHECK(sweep_files(kFirst, false) > 100);
  CHECK(sweep_files(kFirst, true) > 100);
}

TEST_CASE("an upgrade that fails at any call on a file is as if it had not begun") {
  NEEDS_ROOT();
  CHECK(sweep_files(kUpgrade, false) > 100);
  CHECK(sweep_files(kUpgrade, true) > 100);
}

TEST_CASE("a removal that fails at any call on a file is as if it had not begun") {
  NEEDS_ROOT();
  CHECK(sweep_files(kRemoval, false) > 30);
  CHECK(sweep_files(kRemoval, true) > 30);
  CHECK(sweep_files(kPurge, false) > 30);
  CHECK(sweep_files(kPurge, true) > 30);
}

TEST_CASE("a rollback that fails at any call on a file is as if it had not begun") {
  NEEDS_ROOT();
  CHECK(sweep_files(kRollback, false) > 20);
  CHECK(sweep_files(kRollback, true) > 20);
}

TEST_CASE("a repair that fails at any call on a file leaves even what was altered as it was") {
  NEEDS_ROOT();
  CHECK(sweep_files(kRepair, false) > 40);
  CHECK(sweep_files(kRepair, true) > 40);
}

TEST_CASE("a run that fails at any call to systemd is as if it had not begun") {
  NEEDS_ROOT();
  const bool after_effect = GENERATE(false, true);
  CHECK(sweep_units(kFirst, after_effect) == 7);
  CHECK(sweep_units(kUpgrade, after_effect) > 7);
  CHECK(sweep_units(kRemoval, after_effect) == 5);
  CHECK(sweep_units(kRollback, after_effect) == 2);
}

TEST_CASE("a disk that is broken for good is told of, cause and consequences") {
  NEEDS_ROOT();
  const std::string consequence = "; then: cannot undo staging scan 2.0.0: ";
  // Some call while the second add-on is staged, and nothing is started yet.
  std::string told;
  for (int call = 100; call < 200 && told.find(consequence) == std::string::npos; call += 5) {
    Host host;
    prepare_upgrade(host);
    host.faults.fail_at = call;
    host.faults.for_good = true;
    const auto outcome = host.run(host.apply({"probe", "scan"}));
    CHECK(kind_of(outcome) == ErrorKind::undo_failed);
    CHECK(host.units.running() == Lines{"probe.service: versions/1.0.0", "scan.timer: "});
    told = error_of(outcome);
  }
  CHECK_THAT(told, Catch::Contains(consequence));
}
