#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bundle/byte_tap.hpp"
#include "bundle/unpacker.hpp"
#include "core/result.hpp"

namespace addon::bundle {

/// Whether what unpacks to far more than it is is refused, as archives are, or taken: of what was packed for
/// its way only.
enum class Ratio { limited, any };

/// The bytes of an archive without its compression, in bounded memory, and in bounded number beside those of
/// the file that they come from.
class PackedStream {
 public:
  PackedStream(ByteTap& tap, std::string source, Ratio ratio = Ratio::limited);

  /// The next bytes, until the next call; empty at the end. Errors: a finding bundle-archive-damaged where
  /// the file ends too early or is damaged, bundle-compression where too many bytes come out of few, or as
  /// the tap.
  Result<std::span<const std::byte>> next();

  /// That nothing stands behind the end, which has been reached; reads the file to its end all the same, so
  /// that all of it is hashed. Errors: a finding bundle-trailing-data, or as the tap.
  Result<> finish();

  std::uint64_t unpacked() const { return unpacked_; }

 private:
  Result<> fill();
  Result<> check_ratio() const;

  ByteTap& tap_;
  std::string source_;
  Ratio ratio_;
  std::unique_ptr<Unpacker> unpacker_;  ///< once the first bytes are there
  std::span<const std::byte> in_;
  bool is_file_at_end_ = false;
  bool at_end_ = false;
  std::vector<std::byte> out_;
  std::uint64_t unpacked_ = 0;
};

}  // namespace addon::bundle
