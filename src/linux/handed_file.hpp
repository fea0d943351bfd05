#pragma once

#include <cstdint>
#include <memory>
#include <utility>

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

/// What a descriptor that was handed over is of: its size. Error: it is no regular file, or cannot be read.
Result<std::uint64_t> check_handed(int descriptor);

/// A file that somebody else opened, who may still hold it, as it was when it was taken over.
class TakenFile {
 public:
  /// The file itself where it is sealed against being changed, else a copy in a file without a name in
  /// `spool`. Waits as long as the file's filesystem does. Errors: it is no regular file that can be read, or
  /// longer than `most`; a copy would take more than half of the room that there is.
  static Result<TakenFile> take_over(int descriptor, std::uint64_t most, const host::Directory& spool);

  std::uint64_t size() const { return size_; }
  /// Whether it was copied.
  bool is_copy() const { return is_copy_; }
  /// A part of it, to read from its beginning, each by a position of its own. Error: it is shorter than that.
  Result<std::unique_ptr<host::File>> part(std::uint64_t offset, std::uint64_t size) const;

 private:
  TakenFile(UniqueFd fd, std::uint64_t size, bool is_copy)
      : fd_(std::move(fd)), size_(size), is_copy_(is_copy) {}

  UniqueFd fd_;
  std::uint64_t size_;
  bool is_copy_;
};

}  // namespace addon::linux
