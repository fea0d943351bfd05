#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "bundle/archive_walk.hpp"
#include "bundle/bundle.hpp"
#include "bundle/form.hpp"
#include "bundle/limits.hpp"
#include "bundle/parser.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::bundle {

struct ArchiveOptions {
  /// Where its files are written to, on the way: an empty directory. Without it nothing is written.
  std::optional<Unpacked> into{};
  /// So many bytes of files are written at most; what has more is read to its end all the same.
  std::uint64_t write_limit = kMaxBundleBytes;
  const std::atomic<bool>* interrupted = nullptr;
  std::optional<Digest> pinned{};  ///< what its file must hash to
  /// A directory that was packed is read as read_directory() reads it, with these differences: it has no
  /// `directory` without `into`, and its manifests and units are 4 MiB together at most.
  Form form = Form::archive;
  /// Who reads what somebody else wrote, in place of this process; null and empty: this process.
  Parser* parser = nullptr;
  Walk walk{};
};

/// Reads and checks a bundle that is a .tar.gz or .tar.zst, from its first byte to its last, once, in memory
/// that does not grow with its size. Of its bytes `archive` has the digests. Refused, each by name: what
/// read_directory() refuses, and names that are absolute, lead upwards or are not in their shortest form,
/// entries of the same name (also by case or Unicode form), a file over a directory, sparse files, a manifest
/// that is not the first file, what unpacks to over 64 MiB and 200 times its size, zstd windows above 8 MiB,
/// data behind the end. One that does not hash to `pinned` is refused for that alone. What is damaged, or
/// above a limit on bytes or entries, is read no further.
///
/// With `into`, a bundle without errors has `directory` and `unpacked`, unless it has more bytes than
/// `write_limit`: files are root's, 0600 and not yet synced, directories 0755. Errors: those of that
/// directory (a full disk), and of an interruption; what is in it is then of no use.
Result<ReadBundle> read_archive(host::File& file, const std::string& source, ArchiveOptions options);

/// Whether a file that begins so is meant to be such an archive. Four bytes are enough.
bool is_archive(std::span<const std::byte> beginning);

}  // namespace addon::bundle
