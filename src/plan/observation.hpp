#pragma once

#include <set>

#include "core/addon_id.hpp"
#include "core/digest.hpp"
#include "host/state.hpp"

namespace addon::plan {

/// One digest of all that was observed of these add-ons and of the units and users that were
/// asked about. What changes by itself while nothing is done (times, inodes, process ids) is not
/// part of it.
Digest digest_of_observation(const host::HostState& host, const std::set<AddonId>& addons);

}  // namespace addon::plan
