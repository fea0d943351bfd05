#pragma once

#include <string>

#include "host/directory.hpp"
#include "host/state.hpp"

namespace addon::executor {

/// Who else than root can change what runs when root's host executes the absolute path: the file, every
/// directory on the way, and every symlink, which is followed as if `root` were "/". What is absent
/// is no finding where nobody but root could make it.
Result<host::ProgramState> inspect_program(const host::Directory& root, const std::string& path);

}  // namespace addon::executor
