#pragma once

#include "core/result.hpp"
#include "host/directory.hpp"
#include "host/platform.hpp"

namespace addon::linux {

/// Facts of the running kernel, and of the filesystem below `root` that add-ons would stand on.
/// `root` must be a directory that this room opened. capabilities(7), fstatvfs(3).
Result<host::PlatformFacts> read_platform(const host::Directory& root);

}  // namespace addon::linux
