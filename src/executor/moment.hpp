#pragma once

#include <cstdint>

#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// What tells whether the host was changed, or is being changed, while it is looked at. Needs no lock.
struct Moment {
  bool is_open = false;          ///< a transaction is under way, or was cut off
  std::uint64_t generation = 0;  ///< number of the last record

  bool operator==(const Moment&) const = default;
};

Result<Moment> moment_of(const host::Directory& root);

}  // namespace addon::executor
