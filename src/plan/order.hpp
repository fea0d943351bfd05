#pragma once

#include <map>
#include <set>
#include <vector>

#include "core/addon_id.hpp"

namespace addon::plan {

/// Add-ons, and which of the others each needs. What is needed and is no key itself does not count.
using Needs = std::map<AddonId, std::set<AddonId>>;

/// Each after all that it needs; otherwise by id. Those of a circle, and what needs them, come last.
std::vector<AddonId> needed_first(const Needs& needs);
/// Each before all that it needs; otherwise by id.
std::vector<AddonId> dependents_first(const Needs& needs);

/// Circles, each from its least id, which needs the next one; the last needs the first. Every add-on that
/// is in a circle is in one of these.
std::vector<std::vector<AddonId>> circles(const Needs& needs);

}  // namespace addon::plan
