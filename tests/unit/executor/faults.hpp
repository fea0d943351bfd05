#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/directory.hpp"

namespace addon::executor::test {

/// Which call of a directory, or of anything opened through it, fails: a disk that breaks or fills
/// up at that moment, which no real one does on demand.
struct Faults {
  std::optional<int> fail_at;        ///< counts down; the call at 0 fails
  bool for_good = false;             ///< and every one after it
  bool fails_after_effect = false;   ///< where the call can have worked, at least in part
  std::vector<std::string> calls{};  ///< names of those made so far

  /// An error when this call is the one.
  Result<> meet(const std::string& call);
};

/// The directory, with faults. Keeps the reference to `faults`.
std::unique_ptr<host::Directory> with_faults(std::unique_ptr<host::Directory> directory, Faults& faults);

}  // namespace addon::executor::test
