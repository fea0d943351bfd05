#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace addon::unit {

/// What stands in a directory, the entry itself: a symlink is one whatever it leads to.
struct UnitEntry {
  enum class Kind { file, symlink, other };
  std::string name;
  Kind kind = Kind::other;
};

struct UnitListing {
  std::string path;                ///< the directory's own, without symlinks on the way
  std::vector<UnitEntry> entries;  ///< sorted by name
};

/// The part of a host's file tree in which systemd looks for units, for reading only. Paths are
/// absolute as on that host; symlinks on the way are followed there, as systemd does it.
class UnitReader {
 public:
  virtual ~UnitReader() = default;
  /// Without entries where there is no such directory.
  virtual Result<UnitListing> list(const std::string& directory) = 0;
  /// The target of a symlink, as written. nullopt for anything else.
  virtual Result<std::optional<std::string>> read_link(const std::string& path) = 0;
  /// The text of a file. "" for /dev/null; nullopt for what is absent or neither of the two.
  virtual Result<std::optional<std::string>> read(const std::string& path) = 0;
};

}  // namespace addon::unit
