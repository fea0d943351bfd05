#pragma once

#include <memory>
#include <string>

#include "core/path.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"
#include "host/state.hpp"
#include "plan/step.hpp"

namespace addon::executor {

/// A state directory's absolute path, below the root.
Result<RelativePath> state_dir_path(const std::string& absolute);

/// Whether directories on the way that are missing are made: root's, 0755, and only in root's.
enum class Absent { is_made, is_null };

/// Opens the directory that a state directory of this owner stands in. An error where one on the way is unfit
/// (plan::unfit_above); each is judged by its own descriptor, and entered from the one above it.
Result<std::unique_ptr<host::Directory>> open_above(host::Directory& root, const RelativePath& path,
                                                    unsigned owner, Absent absent);

/// Opens an entry that is a directory of these identities; null where it is none, or another one.
Result<std::unique_ptr<host::Directory>> open_same(const host::Directory& parent, const std::string& name,
                                                   std::uint64_t inode);

plan::DirectoryRights rights_of(const host::FileState& state);

/// Whether what is in it is counted, or only whether there is anything.
enum class Count { none, any, all };
Result<host::StateDirState> observe_state_dir(const host::Directory& root, const std::string& path,
                                              Count count);

}  // namespace addon::executor
