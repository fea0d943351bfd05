#pragma once

#include <vector>

#include "core/finding.hpp"
#include "unit/full_name.hpp"
#include "unit/privileges.hpp"
#include "unit/switches.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// Everything of Privileges::settings for a service, with what DynamicUser=, PrivateDevices=,
/// ProtectClock= and RootImage= add to other settings.
Settings read_settings(const UnitFile& unit, const FullName& name, const Switches& switches,
                       std::vector<Finding>& findings);

}  // namespace addon::unit
