#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "core/result.hpp"

namespace addon::bundle {

/// Undoes the compression of one gzip member (RFC 1952) or one zstd frame (RFC 8878), checksums included.
/// Not by libarchive, which checks no checksum of gzip, passes over what stands behind it, and lets every
/// zstd frame ask for 128 MiB of memory.
class Unpacker {
 public:
  virtual ~Unpacker() = default;

  struct Step {
    std::size_t used = 0;  ///< of `in`
    std::size_t made = 0;  ///< at the beginning of `out`
    bool at_end = false;   ///< there is no more, and the checksum is right
  };
  /// Goes as far as `in` and `out` last. Errors have a finding, which calls the archive `source`.
  virtual Result<Step> unpack(std::span<const std::byte> in, std::span<std::byte> out) = 0;
};

/// Whether a file that begins so is one that make_unpacker() knows.
bool is_packed(std::span<const std::byte> beginning);

/// For a file that begins so. Errors: a finding bundle-archive-damaged.
Result<std::unique_ptr<Unpacker>> make_unpacker(std::span<const std::byte> beginning,
                                                const std::string& source);

/// "SOURCE is damaged: WHY".
Error damaged(const std::string& source, const std::string& why);

}  // namespace addon::bundle
