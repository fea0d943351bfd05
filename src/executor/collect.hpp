#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/addon_id.hpp"
#include "core/result.hpp"
#include "core/version.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// What nothing needs that is kept.
struct Garbage {
  std::vector<std::uint64_t> generations;  ///< older than those that are kept, ascending
  std::vector<std::pair<AddonId, Version>>
      versions;  ///< that no kept generation and no `current` names, sorted

  bool empty() const { return generations.empty() && versions.empty(); }
};

/// Finds it. The last `keep` generations are kept, at least one: the last says what is active. A record that
/// cannot be read may name anything: then it is an error, and nothing is guessed.
Result<Garbage> find_garbage(const host::Directory& root, std::uint64_t keep);

/// Removes it: the records first, so that none is left that names a version which is gone. A version loses
/// its name before its files, so that whatever cuts this off leaves whole versions; the next call removes the
/// rest. Precondition: the caller holds the lock and has recovered the host.
Result<> collect(host::Directory& root, const Garbage& garbage);

}  // namespace addon::executor
