#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "host/directory.hpp"

/// What only root can have written: policy, keys, the root directory itself.
///
/// A path is trusted when it and each directory above it belong to uid 0 and are not writable by
/// their group or by others, and none is a symlink. (An ACL that lets someone write shows as a
/// group that may; acl(5).) A sticky directory such as /tmp is accepted above an entry of root's,
/// for there only root can rename or remove that. Each component is opened once, relative to the
/// one before it, and judged by its descriptor. Errors name the component and how to mend it.
namespace addon::linux {

/// Whether the path, which must be absolute, is trusted. One that is absent is an error (ENOENT).
Result<> check_trusted(const std::string& path);

/// The whole of a trusted regular file, read from the descriptor that was judged; nullopt when it
/// or a directory above it is absent. Over `limit` bytes is an error.
Result<std::optional<std::string>> read_trusted_file(const std::string& path, std::size_t limit);

/// A trusted directory; null when it or a directory above it is absent.
Result<std::unique_ptr<host::Directory>> open_trusted_directory(const std::string& path);

}  // namespace addon::linux
