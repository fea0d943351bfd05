#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bundle/packed_stream.hpp"
#include "core/result.hpp"

struct archive;
struct archive_entry;

namespace addon::bundle {

/// What an archive says of one entry, as it says it.
struct TarEntry {
  enum class Kind { regular, directory, symlink, hard_link, other };
  Kind kind = Kind::other;
  std::string name;    ///< any bytes
  std::string target;  ///< of a link
  std::uint64_t size = 0;
  unsigned mode = 0;                    ///< with set-id and sticky bits
  std::vector<std::string> attributes;  ///< names of extended attributes; any bytes
  bool has_acl = false;
  bool is_sparse = false;
};

/// Has the C library read what it takes to convert names, which it keeps: for a process that will read
/// archives when it can open nothing any more.
void load_conversions();

/// The entries of a tar file (ustar, pax, GNU; tar(5)), one after the other.
class TarStream {
 public:
  TarStream(PackedStream& bytes, std::string source);

  /// The next entry, passing over what is left of the one before; nullopt at the end. Errors: a finding
  /// bundle-archive-damaged, or as the stream below.
  Result<std::optional<TarEntry>> next();
  /// More of the entry's bytes, until the next call; empty when `size` of them were given. Not for one that
  /// is_sparse. Errors: as next().
  Result<std::span<const std::byte>> data();
  /// That nothing but zeros stands behind the end, which has been reached, in the tar file and in what it is
  /// packed in. Errors: findings bundle-trailing-data, bundle-archive-damaged, or as the stream below.
  Result<> finish();

 private:
  struct Free {
    void operator()(struct archive* reader) const;
  };

  /// For libarchive's callback: the next bytes; empty at the end, nullopt where below_ says why there are
  /// none.
  std::optional<std::span<const std::byte>> pull();
  friend struct TarCallback;
  Result<> open();
  std::uint64_t consumed() const;
  /// What libarchive failed for.
  Error failure();
  Result<> check_warning(struct archive_entry* entry);

  PackedStream& bytes_;
  std::string source_;
  std::optional<Error> below_;       ///< why the stream below could not go on
  std::span<const std::byte> last_;  ///< given to libarchive
  std::uint64_t given_ = 0;
  std::uint64_t zeros_ = 0;   ///< at the end of what was given
  std::uint64_t budget_ = 0;  ///< bytes that reading a header may still take
  std::unique_ptr<struct archive, Free> reader_;
  std::uint64_t left_ = 0;      ///< of the entry's bytes
  std::uint64_t end_mark_ = 0;  ///< once there is no more entry: bytes of zeros that said so
};

}  // namespace addon::bundle
