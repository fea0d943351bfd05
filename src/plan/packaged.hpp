#pragma once

#include <vector>

#include "plan/compile_addon.hpp"

// Add-ons that a package of the distribution brings.
namespace addon::plan {

/// Whether a unit of a package is another one than the last generation recorded, so that what runs of it is
/// to be started anew.
bool is_other_packaged(const ReleaseUnit& unit, const AddonFacts& facts);

/// Adds the step that takes the package as it is, where the record says something else or `is_changed`; with
/// the units that it ships, to be judged. Where the host's package is not the wanted one, which a plan cannot
/// change, there is a finding besides: rule host-package-changed.
void use_package(const Release& wanted, const AddonFacts& facts, std::vector<InstallUnit> units,
                 bool is_changed, AddonPlan& out);

/// What is wrong with the package of an add-on that is wanted: it is absent, half installed, too old; units
/// of it are masked, overridden or open to others; a program that an agent is to start is not the package's.
std::vector<Finding> check_package(const bundle::Bundle& wanted, const host::HostState& host);

}  // namespace addon::plan
