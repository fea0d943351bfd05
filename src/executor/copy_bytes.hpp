#pragma once

#include <cstdint>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "executor/byte_meter.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// Writes what is left of source to target, and never more than `expected` bytes: a source that is longer is
/// an error of kind stale. The digest is of the bytes that were written. The meter, which may be null, hears
/// of each chunk.
Result<Digest> copy_bytes(host::File& source, host::File& target, std::uint64_t expected,
                          ByteMeter* meter = nullptr);

}  // namespace addon::executor
