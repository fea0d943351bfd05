#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/directory.hpp"

namespace addon::executor::test {

/// The end of the process in the middle of what it does: nothing catches it on the way.
struct Killed {};

/// Which call of a directory, or of anything opened through it, fails: a disk that breaks or fills
/// up at that moment, which no real one does on demand.
struct Faults {
  std::optional<int> fail_at;         ///< counts down; the call at 0 fails
  std::optional<int> then_fail_at{};  ///< counts down from there on: another call that fails
  bool for_good = false;              ///< and every one after it
  bool fails_after_effect = false;    ///< where the call can have worked, at least in part
  std::vector<std::string> calls{};   ///< names of those made so far
  std::function<void()> on_call{};    ///< looks at the host before each call
  std::optional<int> kill_at{};       ///< counts down with every call, also of units; at 0 the process ends

  /// Throws Killed when this call is the one before which the process ends.
  void survive();

  /// An error when this call is the one.
  Result<> meet(const std::string& call);
};

/// The directory, with faults. Keeps the reference to `faults`.
std::unique_ptr<host::Directory> with_faults(std::unique_ptr<host::Directory> directory, Faults& faults);

}  // namespace addon::executor::test
