#pragma once

#include <cstdint>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// Writes what is left of source to target, and never more than `expected` bytes: a source that is longer is
/// an error of kind stale. The digest is of the bytes that were written.
Result<Digest> copy_bytes(host::File& source, host::File& target, std::uint64_t expected);

}  // namespace addon::executor
