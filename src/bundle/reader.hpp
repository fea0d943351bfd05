#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "bundle/survey.hpp"
#include "core/digest.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"
#include "host/state.hpp"

namespace addon::bundle {

/// What the files of a surveyed bundle hold.
class Reader {
 public:
  virtual ~Reader() = default;

  /// The file's bytes, at most limit + 1 of them: more than `limit` means that it is too large.
  virtual Result<std::string> text(const SurveyedFile& file, std::size_t limit) = 0;
  /// The file's first bytes, as many as machine_of() looks at.
  virtual Result<std::string> beginning(const SurveyedFile& file) = 0;
  /// Of its bytes, all of them; the same as of text(), where that was asked for.
  virtual Result<Digest> digest(const SurveyedFile& file) = 0;
};

/// Reads each file of a surveyed directory at most once, and only while it is still the one that
/// was surveyed: its identity is the same before and after.
class DirectoryReader final : public Reader {
 public:
  DirectoryReader(const host::Directory& directory, const host::KnownDigests& known)
      : directory_(directory), known_(known) {}

  /// The digest of what was returned is the file's digest from then on.
  Result<std::string> text(const SurveyedFile& file, std::size_t limit) override;
  Result<std::string> beginning(const SurveyedFile& file) override;
  /// Of the text that was read, else as known by identity, else of the file as it is now.
  Result<Digest> digest(const SurveyedFile& file) override;

 private:
  const host::Directory& directory_;
  const host::KnownDigests& known_;
  std::map<RelativePath, Digest> read_;
};

}  // namespace addon::bundle
