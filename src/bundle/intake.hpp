#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/beside.hpp"
#include "core/digest.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::bundle {

/// Takes the bytes of one file after the other: hashes them, and on the same way writes them or keeps the
/// beginning of them.
class Intake {
 public:
  Intake();

  /// A new file. `target` and `text`, of which `text_limit` bytes are kept, may be null.
  void begin(host::File* target, std::string* text, std::size_t text_limit);
  /// Errors are the target's.
  Result<> give(std::span<const std::byte> bytes);
  Result<Digest> finish();

 private:
  Result<> flush();

  host::File* target_ = nullptr;
  std::string* text_ = nullptr;
  std::size_t text_limit_ = 0;
  std::array<std::vector<std::byte>, 2> buffers_;
  std::size_t turn_ = 0;
  std::size_t used_ = 0;  ///< of the buffer whose turn it is
  Sha256 hash_;
  Beside beside_;  // last: it works with the others
};

}  // namespace addon::bundle
