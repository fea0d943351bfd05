#pragma once

#include <vector>

#include "core/path.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// The directories on these paths that do not exist, those above before those below. Somebody is about to
/// make them.
Result<std::vector<RelativePath>> absent_directories(const host::Directory& root,
                                                     const std::vector<RelativePath>& paths);

/// Removes directories that were absent before, the last first. One that has something in it by now, or is
/// none any more, stays: that is somebody else's.
Result<> remove_directories(host::Directory& root, const std::vector<RelativePath>& were_absent);

}  // namespace addon::executor
