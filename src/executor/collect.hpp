#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/addon_id.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// What nothing needs that is kept.
struct Garbage {
  /// Older than those that are kept, ascending.
  std::vector<std::uint64_t> generations;
  /// That no kept generation and no `current` names, sorted.
  std::vector<std::pair<AddonId, Version>> versions;
  /// Entries of the directory of versions that an earlier call was cut off from removing, sorted.
  std::vector<std::pair<AddonId, std::string>> leftovers;

  bool empty() const { return generations.empty() && versions.empty() && leftovers.empty(); }
};

/// Finds it. The last `keep` generations are kept, at least one: the last says what is active. A record that
/// cannot be read or was put aside as damaged may name anything, and so may records that are lost: where
/// there are versions and no record of them, it is an error too, and nothing is guessed.
Result<Garbage> find_garbage(const host::Directory& root, std::uint64_t keep);

/// Removes it: the records first, so that none is left that names a version which is gone. A version loses
/// its name before its files, so that whatever cuts this off leaves whole versions; the next call removes the
/// rest. Precondition: the caller holds the lock and has recovered the host.
Result<> collect(host::Directory& root, const Garbage& garbage);

}  // namespace addon::executor
