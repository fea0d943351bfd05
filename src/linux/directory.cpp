#include "linux/directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>

#include "core/text.hpp"
#include "linux/file.hpp"
#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

namespace {
/// Without the slashes at its end, after which open(2) would follow a symlink whatever it is told.
std::string without_trailing_slashes(const std::string& path) {
  const auto last = path.find_last_not_of('/');
  return last == std::string::npos ? std::string("/") : path.substr(0, last + 1);
}

struct Free {
  // NOLINTNEXTLINE(cppcoreguidelines-no-malloc): getcwd(3) asks for it
  void operator()(char* text) const { free(text); }
};

std::string absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::unique_ptr<char, Free> working(getcwd(nullptr, 0));
  if (!working || path == ".") return working ? std::string(working.get()) : path;
  return fmt::format("{}/{}", working.get(), path);
}
}  // namespace

Result<std::unique_ptr<host::Directory>> open_root(const std::string& absolute_path) {
  if (!absolute_path.starts_with('/')) {
    return tl::unexpected(Error(
        fmt::format("cannot use {} as the root directory: give an absolute path", quoted(absolute_path)),
        ErrorKind::usage));
  }
  const std::string path = without_trailing_slashes(absolute_path);
  UniqueFd top(retry([] { return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!top) return tl::unexpected(open_error("open", "/", errno));
  const auto first = path.find_first_not_of('/');
  if (first == std::string::npos) return std::make_unique<Tree>(std::move(top), "/");
  const std::string below = path.substr(first);
  auto fd = open_beneath(top.get(), below, O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected(path_error("open", top.get(), "/", below, fd.error()));
  return std::make_unique<Tree>(std::move(*fd), path);
}

Result<std::unique_ptr<host::Directory>> open_directory_path(const std::string& path) {
  const std::string bare = path.empty() ? path : without_trailing_slashes(path);
  // O_PATH first: with O_DIRECTORY and O_NOFOLLOW a symlink is ENOTDIR, as a file is. open(2).
  const UniqueFd entry(retry([&] { return open(bare.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC); }));
  if (!entry) return tl::unexpected(open_error("open", path, errno));
  const auto state = state_at(entry.get(), "");
  if (!state) return tl::unexpected(open_error("open", path, state.error()));
  if (state->type == host::FileType::symlink) {
    return tl::unexpected(
        refusal("open", printable(path), explain(ELOOP) + "; name the directory itself", ELOOP));
  }
  if (state->type != host::FileType::directory) return tl::unexpected(open_error("open", path, ENOTDIR));
  auto fd = open_beneath(entry.get(), ".", O_RDONLY | O_DIRECTORY);
  if (!fd) return tl::unexpected(open_error("open", path, fd.error()));
  return std::make_unique<Tree>(std::move(*fd), absolute(bare));
}

Result<std::unique_ptr<host::File>> open_file_path(const std::string& path) {
  UniqueFd fd(
      retry([&] { return open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC); }));
  if (!fd && errno == ELOOP) {
    return tl::unexpected(refusal("open", printable(path), explain(ELOOP) + "; name the file itself", ELOOP));
  }
  if (!fd) return tl::unexpected(open_error("open", path, errno));
  const auto state = state_at(fd.get(), "");
  if (!state) return tl::unexpected(open_error("open", path, state.error()));
  if (state->type != host::FileType::regular) {
    return tl::unexpected(refusal("open", printable(path), "it is not a regular file", EINVAL));
  }
  return std::make_unique<OpenFile>(std::move(fd), printable(path));
}

}  // namespace addon::linux
