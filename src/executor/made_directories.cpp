#include "executor/made_directories.hpp"

#include <algorithm>
#include <string>

namespace addon::executor {

namespace {
Result<> remove_one(host::Directory& root, const RelativePath& path) {
  const auto slash = path.str().rfind('/');
  if (slash == std::string::npos) {
    TRY(root.remove_directory(path.str()));
    return root.sync();
  }
  const auto above = TRY(RelativePath::parse(path.str().substr(0, slash)));
  const auto parent = TRY(root.open_directory_if_present(above));
  if (parent == nullptr) return {};
  TRY(parent->remove_directory(path.name()));
  return parent->sync();
}
}  // namespace

Result<std::unique_ptr<host::Directory>> MadeDirectories::make(host::Directory& root,
                                                               const RelativePath& path) {
  TRY(note(root, path));
  return root.make_directories(path);
}

Result<> MadeDirectories::note(const host::Directory& root, const RelativePath& path) {
  std::string reached;
  for (const std::string_view segment : path.segments()) {
    reached += reached.empty() ? "" : "/";
    reached += segment;
    const RelativePath way = TRY(RelativePath::parse(reached));
    if (std::find(missing_.begin(), missing_.end(), way) != missing_.end()) continue;
    if (!TRY(root.stat(way))) missing_.push_back(way);
  }
  return {};
}

Result<> MadeDirectories::remove(host::Directory& root) {
  for (; !missing_.empty(); missing_.pop_back()) TRY(remove_one(root, missing_.back()));
  return {};
}

}  // namespace addon::executor
