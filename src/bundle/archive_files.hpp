#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bundle/form.hpp"
#include "bundle/intake.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"
#include "bundle/unpacking.hpp"
#include "core/path.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::bundle {

/// Takes the files of an archive, one after the other, each with its bytes in their order.
class FileTaker {
 public:
  virtual ~FileTaker() = default;
  /// A new file of so many bytes. Errors of each: a finding where the archive is to be read no further;
  /// without one what is no fault of the archive.
  virtual Result<> begin(const RelativePath& path, std::uint64_t size) = 0;
  virtual Result<> give(std::span<const std::byte> bytes) = 0;
  /// All its bytes were given.
  virtual Result<> end() = 0;
  /// The bundle will be refused: its files need not be kept.
  virtual Result<> stop() = 0;
};

/// What was kept of an archive's files.
class ArchiveReader final : public Reader {
 public:
  struct Content {
    Digest sha256{};
    std::string
        text{};  ///< of what may be a manifest or a unit: all, cut off behind its limit; else its beginning
    bool is_text = false;
  };

  void add(const RelativePath& path, Content content) {
    contents_.insert_or_assign(path, std::move(content));
  }
  bool has(const RelativePath& path) const { return contents_.contains(path); }
  Result<std::string> text(const SurveyedFile& file, std::size_t limit) override;
  Result<std::string> beginning(const SurveyedFile& file) override;
  Result<Digest> digest(const SurveyedFile& file) override;

 private:
  std::map<RelativePath, Content> contents_;
};

/// Hashes the files, writes them where there is somewhere to, and keeps the text of manifests and units. What
/// it is given is looked at as if a stranger gave it: paths of their own, within the limits of bundles and no
/// longer than they said.
class ArchiveFiles final : public FileTaker {
 public:
  /// `unpacking` may be null.
  ArchiveFiles(std::string source, Form form, Unpacking* unpacking)
      : source_(std::move(source)), form_(form), unpacking_(unpacking) {}

  Result<> begin(const RelativePath& path, std::uint64_t size) override;
  Result<> give(std::span<const std::byte> bytes) override;
  Result<> end() override;
  Result<> stop() override;

  /// Of every file that was taken, in no order; sizes are right, other facts those of what was written.
  std::vector<SurveyedFile> take_files() { return std::move(files_); }
  ArchiveReader& reader() { return reader_; }
  /// Files at the top that may be manifests, in the archive's order.
  const std::vector<std::string>& manifests() const { return manifests_; }
  /// The text of the signature that a packed directory came with.
  std::optional<std::string> take_signature() { return std::move(signature_); }

 private:
  bool is_signature(const RelativePath& path) const;
  bool is_text(const RelativePath& path);

  std::string source_;
  Form form_;
  Unpacking* unpacking_;
  Intake intake_;
  ArchiveReader reader_;
  std::vector<SurveyedFile> files_;
  std::vector<std::string> manifests_;
  std::optional<std::string> signature_;
  std::size_t text_bytes_ = 0;
  std::uint64_t bytes_ = 0;

  struct Current {
    RelativePath path;
    std::uint64_t size = 0;
    std::uint64_t left = 0;
    bool is_signature = false;
    ArchiveReader::Content content{};
    std::unique_ptr<host::File> target{};
  };
  std::optional<Current> current_;
};

}  // namespace addon::bundle
