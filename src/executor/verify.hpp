#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "executor/ports.hpp"
#include "executor/prepare.hpp"

namespace addon::executor {

/// Something that is not as this program left it.
struct Problem {
  std::string kind;  ///< "audit", "generation", "journal" or "version"
  std::string path;  ///< what it is about
  std::string message;
  std::string fix;
};

/// What was found by looking at everything.
struct Verification {
  /// What would repair the last generation: its steps are what has drifted.
  Prepared repair;
  std::vector<Problem> problems;  ///< all others
  std::size_t versions = 0;       ///< installed ones that a generation names, which were hashed
  std::size_t generations = 0;
  std::uint64_t audit_lines = 0;
};

/// Hashes every file of every version that a generation names, whatever is known of it, and looks at the
/// records of generations, the journal and the audit log. Changes nothing.
Result<Verification> verify(Ports& ports);

}  // namespace addon::executor
