#pragma once

#include <memory>
#include <vector>

#include "core/path.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// Directories that a step brings into being on its way, so that undoing it leaves none behind.
class MadeDirectories {
 public:
  /// Opens the directory as Directory::make_directories does.
  Result<std::unique_ptr<host::Directory>> make(host::Directory& root, const RelativePath& path);
  /// Remembers which directories of the path are missing: somebody else is about to make them.
  Result<> note(const host::Directory& root, const RelativePath& path);
  /// Removes what was missing, deepest first. One that is not empty is an error.
  Result<> remove(host::Directory& root);

 private:
  std::vector<RelativePath> missing_;
};

}  // namespace addon::executor
