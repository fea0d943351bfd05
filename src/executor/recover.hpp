#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "executor/ports.hpp"

namespace addon::executor {

/// What became of a run that was cut off.
struct Recovery {
  enum class Outcome {
    nothing,   ///< there was none
    undone,    ///< the host is at the generation before it
    finished,  ///< it had committed; what it left over is removed
  };
  Outcome outcome = Outcome::nothing;
  std::string verb;  ///< of that run
  std::string time;  ///< when it began, RFC 3339, UTC
  std::vector<std::string> warnings;

  /// "an apply that was cut off at TIME was undone"; "" for nothing.
  std::string sentence() const;
};

/// Brings the host to exactly the generation before the transaction that was found open, or exactly the one
/// that it committed. The journal alone decides. May itself be cut off anywhere, and is run again then. A
/// damaged journal is put aside with a warning and stops nothing. After a reboot nothing is stopped or
/// started: systemd does that by itself. What an archive was unpacked to is removed. Error: kind undo_failed
/// when something could not be put back; the journal stays, as it does where the audit log cannot be written.
/// Precondition: the caller holds the lock.
Result<Recovery> recover(Ports& ports);

}  // namespace addon::executor
