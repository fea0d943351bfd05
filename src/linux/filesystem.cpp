#include "linux/filesystem.hpp"

#include <sys/statvfs.h>

#include <cerrno>

#include "linux/resolve.hpp"
#include "linux/tree.hpp"

namespace addon::linux {

Result<Filesystem> filesystem_of(const host::Directory& directory) {
  const int fd = TRY(descriptor_of(directory));
  struct statvfs found {};
  if (fstatvfs(fd, &found) != 0)
    return tl::unexpected(open_error("look at the filesystem of", directory.path(), errno));
  Filesystem filesystem;
  filesystem.is_nosuid = (found.f_flag & ST_NOSUID) != 0;
  filesystem.is_noexec = (found.f_flag & ST_NOEXEC) != 0;
  filesystem.is_read_only = (found.f_flag & ST_RDONLY) != 0;
  filesystem.free_bytes = std::uint64_t{found.f_bfree} * found.f_frsize;
  // Such as btrfs, which makes inodes as they are needed, says that it has none at all.
  if (found.f_files != 0) filesystem.free_inodes = found.f_ffree;
  return filesystem;
}

}  // namespace addon::linux
