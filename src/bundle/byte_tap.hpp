#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/beside.hpp"
#include "core/digest.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::bundle {

/// Whether bytes are hashed where they are read, or by whoever gave them: then a digest is that of nothing.
enum class Hashing { here, elsewhere };

/// The bytes of an archive as they are in its file, each once, hashed on their way.
class ByteTap {
 public:
  /// Reads `file` from where it is. Findings call it `source`. `interrupted` may be null.
  ByteTap(host::File& file, std::string source, const std::atomic<bool>* interrupted,
          Hashing hashing = Hashing::here);

  /// The next bytes, until the next call; empty at the end. Errors: a finding bundle-unreadable or
  /// host-read-failed; without a finding where the run was interrupted.
  Result<std::span<const std::byte>> next();
  /// How many were given so far.
  std::uint64_t taken() const { return taken_; }
  /// Of all that were given.
  ArchiveDigests finish();

 private:
  host::File& file_;
  std::string source_;
  const std::atomic<bool>* interrupted_;
  Hashing hashing_;
  std::array<std::vector<std::byte>, 2> buffers_;
  std::size_t turn_ = 0;
  std::uint64_t taken_ = 0;
  Sha256 sha256_;
  Blake2b blake2b_;
  Beside beside_;  // last: it works with the others
};

}  // namespace addon::bundle
