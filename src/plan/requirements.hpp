#pragma once

#include <map>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "plan/generation.hpp"
#include "plan/order.hpp"
#include "plan/release.hpp"

// requires.addons, against what is active once all is done.
namespace addon::plan {

/// Add-ons that it requires and that are not active, at a version that will do, once all is done.
std::vector<Finding> check_required_addons(const bundle::Bundle& wanted,
                                           const std::map<AddonId, Release>& result);

/// Add-ons of `result` that are none of `wanted` and need one that the plan takes from them: that goes, or
/// becomes a version that will not do.
std::vector<Finding> check_needed_addons(const std::vector<bundle::Bundle>& wanted,
                                         const Generation& generation,
                                         const std::map<AddonId, Release>& result);

/// Circles that a wanted add-on is in.
std::vector<Finding> check_circles(const std::vector<bundle::Bundle>& wanted,
                                   const std::map<AddonId, Release>& result);

/// What manifests ask for, by add-on.
using Required = std::map<AddonId, std::vector<manifest::RequiredAddon>>;

/// Circles among these alone, whatever is active on a host.
std::vector<Finding> check_circles(const Required& required);

/// What each release says that it needs.
Needs needs_of(const std::map<AddonId, Release>& releases);

}  // namespace addon::plan
