#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "core/path.hpp"
#include "host/directory.hpp"

namespace addon::bundle {

struct SurveyedFile {
  RelativePath path;
  host::FileState state;
};

/// What stands in a bundle, before anyone has read a file of it.
struct Survey {
  std::vector<SurveyedFile> files;   ///< regular files with safe names, sorted by path
  std::vector<std::string> refused;  ///< paths of everything else, and of what could not be looked at
  std::vector<Finding> findings;
  bool complete = true;  ///< false when the walk had to stop: then nothing is known of what is not here

  /// Sorts the files, which is what find() needs.
  void sort();
  const SurveyedFile* find(std::string_view path) const;
  /// Whether the path, or a directory on the way to it, has a finding that explains its absence.
  bool refuses(std::string_view path) const;
  /// Whether a file stands below that path.
  bool is_directory(std::string_view path) const;
};

/// Whether a path, or a directory on the way to it, is one of these.
bool is_refused(const std::vector<std::string>& refused, std::string_view path);

/// Walks the directory and judges every entry of it: type, links, name, depth, size, number; for
/// Origin::bundle set-id and sticky bits and extended attributes too. One finding per cause.
Survey survey(const host::Directory& directory, const std::string& source, Origin origin);

/// What an entry that cannot be read is a finding of: bundle-unreadable, or host-read-failed where it is the
/// host that fails, whatever the bundle is like.
const Rule& unreadable(const Error& error);
/// What to do about it.
std::string how_to_read(const Error& error);

/// "NAME has N bytes, more than …": a file above kMaxFileBytes.
std::string larger_than_allowed(const std::string& name, std::uint64_t bytes);

/// "SOURCE/PATH": the name of a file in findings.
std::string file_in(const std::string& source, std::string_view path);

}  // namespace addon::bundle
