#pragma once

#include <vector>

#include "core/finding.hpp"
#include "host/state.hpp"
#include "plan/generation.hpp"
#include "plan/plan.hpp"

namespace addon::plan {

/// What this host cannot give an add-on that is wanted, whatever policy allows: users that do not
/// exist, capabilities that the kernel does not know, nosuid, a model that is not supported, units
/// that are somebody else's, a tree that was tampered with.
std::vector<Finding> check_host(const bundle::Bundle& wanted, const Generation& generation,
                                const host::HostState& host);

/// Of any add-on that is touched, also of one that goes.
std::vector<Finding> check_tree(const AddonId& id, const host::HostState& host);

}  // namespace addon::plan
