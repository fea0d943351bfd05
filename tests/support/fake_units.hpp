#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "host/clock.hpp"
#include "host/unit_manager.hpp"

namespace addon::test {

/// Real time of day, and a monotonic clock that only sleeping moves.
class FakeClock final : public host::Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return std::chrono::system_clock::now(); }
  std::chrono::microseconds monotonic() const override { return elapsed_; }
  void sleep(std::chrono::milliseconds duration) override {
    elapsed_ += duration;
    if (on_sleep) on_sleep();
  }

  std::function<void()> on_sleep;  ///< what happens meanwhile

 private:
  std::chrono::microseconds elapsed_{std::chrono::hours(1)};
};

/// How a unit behaves once it was started.
enum class Behaviour {
  runs,         ///< and stays up
  refuses,      ///< the start job fails
  crashes,      ///< comes up, ends at once, and is restarted again and again
  dies,         ///< comes up, then fails for good
  ends,         ///< a service that ends without an error
  never_comes,  ///< stays "activating"
};

/// A service manager of a root directory that nothing runs in: it reads real unit files, makes real
/// enablement links, and only pretends to run programs. As systemd does, it knows a unit's text as
/// of the last reload, and a program keeps running whatever happens to its files.
class FakeUnits final : public host::UnitManager {
 public:
  FakeUnits(std::string root, FakeClock& clock) : root_(std::move(root)), clock_(clock) {}

  /// Every call that asks for a change, in order: "start probe.service", "reload".
  std::vector<std::string> calls;
  /// How units behave whose loaded text contains the key.
  std::map<std::string, Behaviour> behaviours;
  /// Counts down with each call of `calls`; at 0 that call fails, without or after having worked.
  std::optional<int> fail_at;
  bool fails_after_effect = false;
  /// Called before each call of `calls` has an effect.
  std::function<void()> before_call;
  /// Called before each answer of `inspect`: its error is the answer.
  std::function<Result<>()> on_inspect;
  /// What `inspect` was asked about.
  std::vector<std::string> inspected;
  /// Each call of these fails, for good: "stop probe.service".
  std::set<std::string> broken;

  void set_root(const std::string& root) { root_ = root; }

  /// What runs: "probe.service: versions/1.0.0" (the version that `current` named when it started).
  std::vector<std::string> running() const;
  /// Units that are known with another text than their file has now: a reload is missing.
  std::vector<std::string> outdated() const;
  /// It fails by itself.
  void fail(const std::string& name) {
    units_[name].active_state = "failed";
    units_[name].result = "exit-code";
  }
  /// Nothing runs, and nothing is known, after a reboot.
  void reboot() { units_.clear(); }

  bool is_live() const override { return true; }
  Result<std::vector<host::UnitStatus>> states(const std::vector<UnitName>& names) override;
  Result<host::UnitStatus> inspect(const UnitName& name) override;
  Result<> reload() override;
  Result<> enable(const UnitName& name) override;
  Result<> disable(const UnitName& name) override;
  Result<> start(const UnitName& name, std::chrono::milliseconds timeout) override;
  Result<> restart(const UnitName& name, std::chrono::milliseconds timeout) override;
  Result<> stop(const UnitName& name, std::chrono::milliseconds timeout) override;
  Result<> reset_failed(const UnitName& name) override;

 private:
  struct Unit {
    std::string text;  ///< as loaded; "" when there is no file
    std::string active_state = "inactive";
    std::string result = "success";
    std::string version;  ///< of the program that runs
    std::uint32_t restarts = 0;
    std::chrono::microseconds active_since{0};
    Behaviour behaviour = Behaviour::runs;
  };

  std::string file_of(const std::string& name) const { return root_ + "/etc/systemd/system/" + name; }
  Unit& load(const std::string& name);
  host::UnitStatus status(const UnitName& name, const Unit& unit) const;
  /// Records the call and does it, unless it is to fail.
  Result<> call(const std::string& what, const std::function<Result<>()>& effect);
  Result<> bring_up(const UnitName& name);
  std::string current_version(const Unit& unit) const;

  std::string root_;
  FakeClock& clock_;
  std::map<std::string, Unit> units_;
};

}  // namespace addon::test
