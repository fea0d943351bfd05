// The half of Tree that changes nothing.
#include "linux/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <climits>

#include "linux/file.hpp"
#include "linux/resolve.hpp"

namespace addon::linux {

namespace {
struct CloseDir {
  void operator()(DIR* stream) const { closedir(stream); }
};

/// Of an entry whose type its directory does not record.
tl::expected<host::FileType, int> type_at(int directory, const std::string& name) {
  const auto state = state_at(directory, name);
  if (state) return state->type;
  // It went away while the directory was being read.
  if (state.error() == ENOENT) return host::FileType::other;
  return tl::unexpected(state.error());
}

tl::expected<host::FileType, int> type_of(int directory, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return host::FileType::regular;
    case DT_DIR:
      return host::FileType::directory;
    case DT_LNK:
      return host::FileType::symlink;
    case DT_UNKNOWN:
      return type_at(directory, entry.d_name);
    default:
      return host::FileType::other;
  }
}
}  // namespace

tl::expected<std::vector<host::DirectoryEntry>, int> entries_of(int directory) {
  // A descriptor of its own: reading moves a position that all duplicates share.
  auto fd = open_beneath(directory, ".", O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected(fd.error());
  const std::unique_ptr<DIR, CloseDir> stream(fdopendir(fd->get()));
  if (!stream) return tl::unexpected(errno);
  const int stream_fd = fd->release();

  std::vector<host::DirectoryEntry> entries;
  for (;;) {
    errno = 0;
    // Safe on a stream that no other thread has. NOLINTNEXTLINE(concurrency-mt-unsafe)
    const dirent* found = readdir(stream.get());
    if (found == nullptr) break;
    const std::string_view name = found->d_name;
    if (name == "." || name == "..") continue;
    const auto type = type_of(stream_fd, *found);
    if (!type) return tl::unexpected(type.error());
    entries.push_back({std::string(name), *type});
  }
  if (errno != 0) return tl::unexpected(errno);
  return entries;
}

Result<int> descriptor_of(const host::Directory& directory) {
  const auto* tree = dynamic_cast<const Tree*>(&directory);
  if (tree == nullptr) {
    return tl::unexpected(
        Error(fmt::format("{} is not a directory of the running system", directory.path())));
  }
  return tree->fd();
}

Error Tree::error(std::string_view doing, std::string_view relative, int errno_value) const {
  return path_error(doing, fd_.get(), path_, relative, errno_value);
}

Result<host::FileState> Tree::state() const {
  const auto state = state_at(fd_.get(), "");
  if (!state) return tl::unexpected(open_error("look at", path_, state.error()));
  return *state;
}

Result<std::optional<host::FileState>> Tree::stat(const RelativePath& path) const {
  const auto state = [&]() -> tl::expected<host::FileState, int> {
    // One name cannot lead anywhere, so it needs no descriptor of its own.
    if (path.str().find('/') == std::string::npos) return state_at(fd_.get(), path.str());
    // With O_PATH and O_NOFOLLOW this opens a symlink itself; one on the way is still ELOOP.
    const auto entry = open_beneath(fd_.get(), path.str(), O_PATH | O_NOFOLLOW);
    if (!entry) return tl::unexpected(entry.error());
    return state_at(entry->get(), "");
  }();
  if (state) return *state;
  if (state.error() == ENOENT) return std::nullopt;
  return tl::unexpected(error("look at", path.str(), state.error()));
}

Result<std::unique_ptr<host::Directory>> Tree::open_directory(const RelativePath& path) const {
  auto fd = open_beneath(fd_.get(), path.str(), O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected(error("open", path.str(), fd.error()));
  return std::make_unique<Tree>(std::move(*fd), shown_path(path_, path.str()));
}

Result<std::unique_ptr<host::Directory>> Tree::open_directory_if_present(const RelativePath& path) const {
  auto directory = open_directory(path);
  if (!directory && directory.error().errno_value() == ENOENT) return nullptr;
  return directory;
}

Result<std::unique_ptr<host::File>> Tree::open_file(const RelativePath& path) const {
  // O_NONBLOCK: a fifo would wait for its writer.
  auto fd = open_beneath(fd_.get(), path.str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  if (!fd) return tl::unexpected(error("open", path.str(), fd.error()));
  const auto state = state_at(fd->get(), "");
  if (!state) return tl::unexpected(error("open", path.str(), state.error()));
  if (state->type != host::FileType::regular) {
    return tl::unexpected(refusal("open", shown_path(path_, path.str()), "it is not a regular file",
                                  state->type == host::FileType::directory ? EISDIR : EINVAL));
  }
  return std::make_unique<OpenFile>(std::move(*fd), shown_path(path_, path.str()));
}

Result<std::string> Tree::read_file(const RelativePath& path, std::size_t limit) const {
  const auto file = TRY(open_file(path));
  return read_all(*file, shown_path(path_, path.str()), limit);
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): `file` owns it, which the analyser loses in TRY

Result<std::string> Tree::read_link(const RelativePath& path) const {
  const auto link = open_beneath(fd_.get(), path.str(), O_PATH | O_NOFOLLOW);
  if (!link) return tl::unexpected(error("read", path.str(), link.error()));
  const auto state = state_at(link->get(), "");
  if (!state) return tl::unexpected(error("read", path.str(), state.error()));
  if (state->type != host::FileType::symlink) {
    return tl::unexpected(
        refusal("read", shown_path(path_, path.str()), "it is not a symbolic link", EINVAL));
  }
  std::string target(PATH_MAX, '\0');
  const ssize_t size = readlinkat(link->get(), "", target.data(), target.size());
  if (size < 0) return tl::unexpected(error("read", path.str(), errno));
  target.resize(static_cast<std::size_t>(size));
  return target;
}

Result<std::vector<host::DirectoryEntry>> Tree::list() const {
  auto entries = entries_of(fd_.get());
  if (!entries) return tl::unexpected(open_error("list", path_, entries.error()));
  std::sort(entries->begin(), entries->end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return std::move(*entries);
}

}  // namespace addon::linux
