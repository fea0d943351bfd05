#include "executor/absent_directories.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>

namespace addon::executor {

namespace {
// Something is in it, or stands in its place, or was mounted on it.
bool is_somebody_elses(const Error& error) {
  const int reason = error.errno_value();
  return reason == ENOTEMPTY || reason == ENOTDIR || reason == ELOOP || reason == EBUSY;
}

Result<> remove_from(host::Directory& parent, std::string_view name) {
  auto removed = parent.remove_directory(name);
  if (!removed && !is_somebody_elses(removed.error())) return removed;
  return parent.sync();
}

Result<> remove_one(host::Directory& root, const RelativePath& path) {
  const auto slash = path.str().rfind('/');
  if (slash == std::string::npos) return remove_from(root, path.str());
  const auto parent = root.open_directory_if_present(TRY(RelativePath::parse(path.str().substr(0, slash))));
  if (!parent && is_somebody_elses(parent.error())) return {};
  if (!parent) return tl::unexpected(parent.error());
  return *parent == nullptr ? Result<>() : remove_from(**parent, path.name());
}
}  // namespace

Result<std::vector<RelativePath>> absent_directories(const host::Directory& root,
                                                     const std::vector<RelativePath>& paths) {
  std::vector<RelativePath> absent;
  for (const RelativePath& path : paths) {
    std::string reached;
    for (const std::string_view segment : path.segments()) {
      reached += reached.empty() ? "" : "/";
      reached += segment;
      const RelativePath way = TRY(RelativePath::parse(reached));
      if (std::find(absent.begin(), absent.end(), way) != absent.end()) continue;
      if (!TRY(root.stat(way))) absent.push_back(way);
    }
  }
  return absent;
}

Result<> remove_directories(host::Directory& root, const std::vector<RelativePath>& were_absent) {
  for (std::size_t i = were_absent.size(); i-- > 0;) TRY(remove_one(root, were_absent[i]));
  return {};
}

}  // namespace addon::executor
