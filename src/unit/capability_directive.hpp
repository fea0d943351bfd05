#pragma once

#include <string_view>
#include <vector>

#include "core/capability.hpp"
#include "core/finding.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// CapabilityBoundingSet= or AmbientCapabilities= as systemd 252 adds its assignments up. `at` is
/// the last of them. A name that systemd does not know, which it passes over, is a finding.
Stated<CapabilitySet> read_bounding_set(const UnitFile& unit, std::vector<Finding>& findings);
Stated<CapabilitySet> read_ambient_set(const UnitFile& unit, std::vector<Finding>& findings);

}  // namespace addon::unit
