#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "core/result.hpp"

namespace addon::bundle {

/// Takes bytes on their way, all of them in their order.
using Output = std::function<Result<>(std::span<const std::byte>)>;

enum class Packing {
  gzip,
  zstd,
  fast  ///< zstd, at its fastest
};

/// Compresses a stream to one gzip member or one zstd frame: the same bytes for the same bytes, with a
/// checksum, without a time or a name.
class Packer {
 public:
  virtual ~Packer() = default;
  /// Errors are those of the output.
  virtual Result<> give(std::span<const std::byte> bytes) = 0;
  virtual Result<> finish() = 0;
};

std::unique_ptr<Packer> make_packer(Packing packing, Output output);

}  // namespace addon::bundle
