#pragma once

#include <chrono>
#include <set>
#include <vector>

#include "core/addon_id.hpp"
#include "core/finding.hpp"
#include "policy/site_policy.hpp"

namespace addon::policy {

/// What a valid policy says to no effect, or says too widely; warnings all. An allow that a deny takes away;
/// a line that another makes void, because it says as much for at least the same add-ons; patterns that cover
/// nearly everything, or can match nothing; grants that have expired or will within 30 days. Sorted.
///
/// One line gives one finding: what is denied is not told to be redundant, too. What stands in an expired
/// grant is not looked at.
std::vector<Finding> check_policy(const SitePolicy& policy, std::chrono::sys_days today);

/// The names of keys in signatures.keys and match.signed_by that are none of these, as warnings.
std::vector<Finding> unknown_keys(const SitePolicy& policy, const std::vector<bundle::TrustedKey>& keys);

/// The grants that match none of these add-ons, as warnings.
std::vector<Finding> unmatched_grants(const SitePolicy& policy, const std::set<AddonId>& addons);

}  // namespace addon::policy
