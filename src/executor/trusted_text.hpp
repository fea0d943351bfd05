#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "core/path.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// The whole of a file below `root` that only root can have written: it and each directory on the way belong
/// to root and are not writable by group or others, and none is a symlink. nullopt where it, or a directory
/// on the way, is absent. What is judged is the open file that is read. Errors name the place and how to mend
/// it, with errno EPERM where somebody else could have written it; over `limit` bytes is one, too.
Result<std::optional<std::string>> read_trusted_text(const host::Directory& root, const RelativePath& path,
                                                     std::size_t limit);

}  // namespace addon::executor
