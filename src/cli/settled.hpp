#pragma once

#include <utility>

#include "core/result.hpp"
#include "executor/moment.hpp"

namespace addon::cli {

/// What `look` finds of a host that nobody changes meanwhile: it looks again where somebody did. Waits for
/// nobody. Error: kind locked where a transaction is open, for the host is then between two generations.
template <class Look>
auto look_settled(const host::Directory& root, Look look) -> decltype(look()) {
  constexpr int enough = 3;
  for (int tries = 0; tries < enough; ++tries) {
    const executor::Moment before = TRY(executor::moment_of(root));
    auto found = look();
    const executor::Moment after = TRY(executor::moment_of(root));
    if (before.is_open || after.is_open) break;
    if (before == after) return found;
  }
  return tl::unexpected(
      Error("the host is between two generations: a run is under way, or was cut off; look again when it has "
            "ended, or run addonctl recover",
            ErrorKind::locked));
}

}  // namespace addon::cli
