#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bundle/entry_names.hpp"
#include "bundle/intake.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"
#include "bundle/tar_stream.hpp"
#include "bundle/unpacking.hpp"
#include "core/result.hpp"

namespace addon::bundle {

/// What was kept of an archive's files.
class ArchiveReader final : public Reader {
 public:
  struct Content {
    Digest sha256;
    std::string
        text{};  ///< of what may be a manifest or a unit: all, cut off behind its limit; else its beginning
    bool is_text = false;
  };

  void add(const RelativePath& path, Content content) {
    contents_.insert_or_assign(path, std::move(content));
  }
  Result<std::string> text(const SurveyedFile& file, std::size_t limit) override;
  Result<std::string> beginning(const SurveyedFile& file) override;
  Result<Digest> digest(const SurveyedFile& file) override;

 private:
  std::map<RelativePath, Content> contents_;
};

/// Judges the entries of an archive one after the other, and takes in the files among them.
class ArchiveEntries {
 public:
  /// `unpacking` may be null.
  ArchiveEntries(TarStream& tar, std::string source, Unpacking* unpacking)
      : tar_(tar), source_(std::move(source)), unpacking_(unpacking) {}

  /// The entry that the tar stands at. Errors: a finding where the archive is to be read no further; without
  /// one those of `unpacking`.
  Result<> take(const TarEntry& entry);

  Survey survey() &&;
  ArchiveReader& reader() { return reader_; }
  /// Files at the top that may be manifests, in the archive's order.
  const std::vector<std::string>& manifests() const { return manifests_; }
  /// The first entry that is no directory; "" where there is none.
  const std::string& first() const { return first_; }

 private:
  Result<> check_limits(const TarEntry& entry);
  std::optional<RelativePath> judge_name(const TarEntry& entry);
  void judge_type(const TarEntry& entry, const RelativePath& path);
  void judge_bits(const TarEntry& entry, const RelativePath& path);
  Result<> take_in(const TarEntry& entry, const RelativePath& path);
  bool is_text(const RelativePath& path);
  void find(const Rule& rule, std::string_view name, std::string message, std::string fix);
  void refuse(const Rule& rule, std::string_view name, std::string message, std::string fix);

  TarStream& tar_;
  std::string source_;
  Unpacking* unpacking_;
  Intake intake_;
  EntryNames names_;
  ArchiveReader reader_;
  Survey survey_;
  std::vector<std::string> manifests_;
  std::string first_;
  std::size_t entries_ = 0;
  std::uint64_t bytes_ = 0;
  std::size_t text_bytes_ = 0;
  bool dot_is_told_ = false;
};

}  // namespace addon::bundle
