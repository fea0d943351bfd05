#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/path.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::bundle {

/// Makes the files that an archive is unpacked to, and never more than its limit of bytes: behind that it
/// makes no more, and those that there are are of no use.
class Unpacking {
 public:
  Unpacking(Unpacked into, std::uint64_t limit) : into_(std::move(into)), limit_(limit) {}

  /// A new file, root's and 0600, for so many bytes; null once it has stopped. Errors: those of the
  /// directory, and where its filesystem has no room for them.
  Result<std::unique_ptr<host::File>> create(const RelativePath& path, std::uint64_t size);
  /// What is there is of no use.
  void stop() { stopped_ = true; }
  bool stopped() const { return stopped_; }
  const Unpacked& into() const { return into_; }

 private:
  Unpacked into_;
  std::uint64_t limit_;
  std::uint64_t bytes_ = 0;
  bool stopped_ = false;
};

}  // namespace addon::bundle
