#pragma once

#include <set>

#include "core/addon_id.hpp"
#include "core/digest.hpp"
#include "core/unit_name.hpp"
#include "host/state.hpp"

namespace addon::plan {

/// One digest of all that was observed of these add-ons and of the units and users that were
/// asked about. What changes by itself while nothing is done is not part of it: times, inodes,
/// process ids, and whether a unit runs that is not one of `primaries` (a timer's service comes and
/// goes).
Digest digest_of_observation(const host::HostState& host, const std::set<AddonId>& addons,
                             const std::set<UnitName>& primaries);

}  // namespace addon::plan
