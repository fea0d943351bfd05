#pragma once

#include <cstdint>
#include <memory>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "host/directory.hpp"

/// Files that go from one process to another as open descriptors.
namespace addon::linux {

/// A file without a name, in memory: memfd_create(2).
class MemoryFile {
 public:
  static Result<MemoryFile> make();

  /// To write to, at its end.
  host::File& file() { return *file_; }
  /// So many bytes were written.
  Result<std::uint64_t> size() const;
  /// From then on nobody can change it.
  Result<> seal();
  /// A descriptor of it to hand over.
  Result<UniqueFd> descriptor() const;

 private:
  explicit MemoryFile(std::unique_ptr<host::File> file) : file_(std::move(file)) {}
  std::unique_ptr<host::File> file_;
};

/// Another descriptor of a file that this room opened.
Result<UniqueFd> duplicate(const host::File& file);

/// A part of a file that somebody else opened, who may still hold it.
struct HandedPart {
  int descriptor = -1;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// What a descriptor that was handed over is of: its size. Error: it is no regular file, or cannot be read.
Result<std::uint64_t> check_handed(int descriptor);

/// A part of a handed file, from its beginning, that nobody else can change while it is read: the file itself
/// where it is sealed against that, else a copy in a file without a name in `spool`. Waits as long as the
/// file's filesystem does. Errors: it is shorter than that; no room in `spool`, of which it leaves 64 MiB.
Result<std::unique_ptr<host::File>> take_over(const HandedPart& part, const host::Directory& spool);

}  // namespace addon::linux
