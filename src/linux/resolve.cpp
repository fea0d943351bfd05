#include "linux/resolve.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/text.hpp"

namespace addon::linux {

tl::expected<UniqueFd, int> open_beneath(int directory, const std::string& path, int flags, Mounts mounts) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? 0600 : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  if (mounts == Mounts::stay) how.resolve |= RESOLVE_NO_XDEV;
  // glibc 2.36 has no wrapper.
  const long fd = retry([&] { return syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how); });
  if (fd < 0) return tl::unexpected(errno);
  return UniqueFd(static_cast<int>(fd));
}

std::string shown_path(std::string_view base, std::string_view relative) {
  std::string path(base);
  if (!relative.empty()) {
    if (path.empty() || path.back() != '/') path += '/';
    path += relative;
  }
  return printable(path);
}

std::string explain(int errno_value) {
  switch (errno_value) {
    case ELOOP:
      return "it is a symbolic link, which addonctl never follows";
    case ENOTDIR:
      return "it is not a directory";
    case ENOENT:
      return "it does not exist";
    case EEXIST:
      return "it exists already";
    case EXDEV:
      return "it is a mount point, which addonctl does not cross; unmount it first";
    case ENXIO:  // open(2) of a socket, or of a device without a driver
      return "it is not a regular file";
    case EROFS:
      return "its filesystem is mounted read-only";
    case ENOSPC:
      return "no space is left on its filesystem";
    default: {
      const char* text = strerrordesc_np(errno_value);
      return text != nullptr ? text : "unknown error";
    }
  }
}

namespace {
/// The first directory on the way that is a symlink or no directory; all of `relative` otherwise.
/// For messages only: what was refused stays refused, whatever this finds a moment later.
std::string_view culprit(int directory, std::string_view relative) {
  for (std::size_t slash = relative.find('/'); slash != std::string_view::npos;
       slash = relative.find('/', slash + 1)) {
    const std::string_view way = relative.substr(0, slash);
    if (!open_beneath(directory, std::string(way), O_PATH | O_DIRECTORY)) return way;
  }
  return relative;
}

host::FileType type_of(unsigned mode) {
  if (S_ISREG(mode)) return host::FileType::regular;
  if (S_ISDIR(mode)) return host::FileType::directory;
  if (S_ISLNK(mode)) return host::FileType::symlink;
  return host::FileType::other;
}

std::int64_t nanoseconds(const statx_timestamp& time) {
  constexpr std::int64_t second = 1'000'000'000;
  return time.tv_sec * second + time.tv_nsec;
}
}  // namespace

Error path_error(std::string_view doing, int directory, std::string_view base, std::string_view relative,
                 int errno_value) {
  std::string reason = explain(errno_value);
  if (errno_value == ELOOP || errno_value == ENOTDIR) {
    const std::string_view at_fault = culprit(directory, relative);
    if (at_fault != relative) reason.replace(0, 2, shown_path(base, at_fault));  // "it" is another
  }
  return refusal(doing, shown_path(base, relative), reason, errno_value);
}

Error open_error(std::string_view doing, std::string_view path, int errno_value) {
  return refusal(doing, printable(path), explain(errno_value), errno_value);
}

Error refusal(std::string_view doing, std::string_view path, std::string_view reason, int errno_value) {
  return Error(fmt::format("cannot {} {}: {}", doing, path, reason)).with_errno(errno_value);
}

tl::expected<host::FileState, int> state_at(int directory, const std::string& name) {
  constexpr int flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;
  struct statx found {};
  if (retry([&] { return statx(directory, name.c_str(), flags, STATX_BASIC_STATS, &found); }) != 0) {
    return tl::unexpected(errno);
  }
  host::FileState state;
  state.type = type_of(found.stx_mode);
  state.mode = found.stx_mode & 07777U;
  state.uid = found.stx_uid;
  state.gid = found.stx_gid;
  state.links = found.stx_nlink;
  state.identity = {.device = makedev(found.stx_dev_major, found.stx_dev_minor),
                    .inode = found.stx_ino,
                    .size = found.stx_size,
                    .mtime_ns = nanoseconds(found.stx_mtime),
                    .ctime_ns = nanoseconds(found.stx_ctime)};
  return state;
}

bool is_gone(int directory, const std::string& name, int errno_value) {
  if (errno_value != EROFS) return errno_value == ENOENT;
  const auto state = state_at(directory, name);
  errno = errno_value;
  return !state && state.error() == ENOENT;
}

}  // namespace addon::linux
