#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bundle/archive_files.hpp"
#include "bundle/archive_walk.hpp"
#include "bundle/entry_names.hpp"
#include "bundle/tar_stream.hpp"
#include "core/result.hpp"

namespace addon::bundle {

/// Judges the entries of an archive one after the other, and passes on the files among them.
class ArchiveEntries {
 public:
  ArchiveEntries(TarStream& tar, std::string source, Form form, FileTaker& files)
      : tar_(tar), source_(std::move(source)), form_(form), files_(files) {}

  /// The entry that the tar stands at. Errors: a finding where the archive is to be read no further; without
  /// one those of `files`.
  Result<> take(const TarEntry& entry);

  Walked walked() && { return std::move(walked_); }

 private:
  Result<> check_limits(const TarEntry& entry);
  std::optional<RelativePath> judge_name(const TarEntry& entry);
  void judge_type(const TarEntry& entry, const RelativePath& path);
  void judge_bits(const TarEntry& entry, const RelativePath& path);
  Result<> take_in(const TarEntry& entry, const RelativePath& path);
  void find(const Rule& rule, std::string_view name, std::string message, std::string fix);
  void refuse(const Rule& rule, std::string_view name, std::string message, std::string fix);

  TarStream& tar_;
  std::string source_;
  Form form_;
  FileTaker& files_;
  EntryNames names_;
  Walked walked_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  bool dot_is_told_ = false;
  bool is_stopped_ = false;  ///< `files` were told so
};

}  // namespace addon::bundle
