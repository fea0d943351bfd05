#include "executor/state_dirs.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "plan/state_dirs.hpp"

namespace addon::executor {

namespace {

// What is no directory is an error of its own, ENOENT, ENOTDIR or ELOOP.
Result<std::unique_ptr<host::Directory>> enter(host::Directory& parent, const RelativePath& name,
                                               unsigned owner, Absent absent) {
  auto opened = TRY(parent.open_directory_if_present(name));
  if (opened == nullptr && absent == Absent::is_null) return nullptr;
  if (opened == nullptr) {
    const host::FileState above = TRY(parent.state());
    if (above.uid != 0) {
      return tl::unexpected(
          Error(fmt::format("cannot make {} in {}: that is not root's", name.str(), parent.path()),
                ErrorKind::stale));
    }
    return parent.make_directories(name);
  }
  const std::string why = plan::unfit_above(opened->path(), TRY(opened->state()), owner);
  if (!why.empty()) return tl::unexpected(Error(why));
  return opened;
}

bool is_gone_or_foreign(const Error& error) {
  const int reason = error.errno_value();
  return reason == ENOENT || reason == ENOTDIR || reason == ELOOP;
}

}  // namespace

Result<RelativePath> state_dir_path(const std::string& absolute) {
  return RelativePath::parse(absolute.starts_with('/') ? absolute.substr(1) : "");
}

Result<std::unique_ptr<host::Directory>> open_above(host::Directory& root, const RelativePath& path,
                                                    unsigned owner, Absent absent) {
  std::unique_ptr<host::Directory> reached;
  const std::vector<std::string_view> segments = path.segments();
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    host::Directory& parent = reached ? *reached : root;
    reached = TRY(enter(parent, RelativePath::of({segments[i]}), owner, absent));
    if (reached == nullptr) return nullptr;
  }
  return reached;
}

Result<std::unique_ptr<host::Directory>> open_same(const host::Directory& parent, const std::string& name,
                                                   std::uint64_t inode) {
  auto opened = parent.open_directory(RelativePath::of({name}));
  if (!opened && is_gone_or_foreign(opened.error())) return nullptr;
  if (!opened) return tl::unexpected(std::move(opened).error());
  if (TRY((*opened)->state()).identity.inode != inode) return nullptr;
  return opened;
}

plan::DirectoryRights rights_of(const host::FileState& state) { return {state.uid, state.gid, state.mode}; }

Result<host::StateDirState> observe_state_dir(const host::Directory& root, const std::string& path,
                                              Count count) {
  host::StateDirState out;
  const RelativePath relative = TRY(state_dir_path(path));
  const std::vector<std::string_view> segments = relative.segments();
  std::unique_ptr<host::Directory> reached;
  std::string at;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const host::Directory& parent = reached ? *reached : root;
    const RelativePath name = RelativePath::of({segments[i]});
    const auto state = TRY(parent.stat(name));
    if (!state) return out;
    at += fmt::format("/{}", segments[i]);
    const bool is_last = i + 1 == segments.size();
    if (is_last) {
      out.state = *state;
    } else {
      out.above.emplace_back(at, *state);
    }
    if (state->type != host::FileType::directory) return out;
    if (is_last && count == Count::none) return out;
    reached = TRY(parent.open_directory(name));
  }
  const std::uint64_t most = count == Count::all ? std::numeric_limits<std::uint64_t>::max() : 1;
  out.contents = TRY(reached->measure(most));
  return out;
}

}  // namespace addon::executor
