#pragma once

#include <cstdint>
#include <optional>

#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::linux {

/// What a filesystem, as it is mounted where the directory stands, lets be done and has left. statvfs(3)
struct Filesystem {
  bool is_nosuid = false;     ///< file capabilities have no effect. mount(8)
  bool is_noexec = false;     ///< nothing on it can be started
  bool is_read_only = false;  ///< nothing can be written, by root neither
  std::uint64_t free_bytes = 0;
  std::optional<std::uint64_t> free_inodes{};  ///< nullopt where their number has no limit
};

/// Of the filesystem of an open directory of this room's. Changes nothing.
Result<Filesystem> filesystem_of(const host::Directory& directory);

}  // namespace addon::linux
