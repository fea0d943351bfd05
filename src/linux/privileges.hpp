#pragma once

#include "core/capability.hpp"
#include "core/result.hpp"

namespace addon::linux {

/// Takes every capability but these from this process and whatever it will execute, for good: from its
/// permitted, effective and inheritable sets, its ambient set and its bounding set. What it does not have it
/// does not get. capabilities(7). Needs CAP_SETPCAP. Precondition: there is no other thread.
Result<> keep_only(CapabilitySet kept);

}  // namespace addon::linux
