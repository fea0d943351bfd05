#pragma once

#include <map>
#include <vector>

#include "core/finding.hpp"
#include "host/state.hpp"
#include "plan/generation.hpp"
#include "plan/plan.hpp"

namespace addon::plan {

/// What this host cannot give an add-on that is wanted, whatever policy allows: users that do not
/// exist, capabilities that the kernel does not know, nosuid, a model that is not supported, another
/// operating system, units that are somebody else's.
std::vector<Finding> check_host(const bundle::Bundle& wanted, const Generation& generation,
                                const host::HostState& host);

/// Add-ons that it requires and that are not active, at a version that will do, once all is done.
std::vector<Finding> check_required_addons(const bundle::Bundle& wanted,
                                           const std::map<AddonId, Release>& result);

/// Of any add-on that is touched, also of one that goes.
std::vector<Finding> check_tree(const AddonId& id, const host::HostState& host);

}  // namespace addon::plan
