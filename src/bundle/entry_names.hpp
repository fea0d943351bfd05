#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/path.hpp"

namespace addon::bundle {

/// Why a name of an archive's entry is none that a file may have, as words behind the name: "is an absolute
/// path". Nullopt when it is one.
std::optional<std::string> why_unsafe(std::string_view name);

/// The names in an archive. Two are the same where they differ only in case or in how their letters are
/// composed: some filesystems and tools keep only one of such files.
class EntryNames {
 public:
  enum class Kind { file, directory };

  /// Takes the name, or says why it cannot stand beside those before it.
  std::optional<std::string> add(const RelativePath& path, Kind kind);

 private:
  struct Known {
    std::string name;
    Kind kind = Kind::file;
    bool is_entry = false;  ///< of its own; else one that a file stands in
  };
  std::optional<std::string> meet(std::string_view name, Kind kind, bool is_entry);

  std::map<std::string, Known> known_;  ///< by what they have in common
};

}  // namespace addon::bundle
