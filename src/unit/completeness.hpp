#pragma once

#include <vector>

#include "core/finding.hpp"
#include "core/unit_name.hpp"
#include "unit/privileges.hpp"
#include "unit/switches.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// What systemd 252 would refuse to load a service for: commands that are missing or too many
/// for its Type=. Also a Type= that it does not know.
void check_service(const UnitFile& unit, const Switches& switches, const std::vector<ExecCommand>& commands,
                   std::vector<Finding>& findings);

/// A timer with nothing that starts it, or with a Unit= that systemd ignores.
void check_timer(const UnitFile& unit, const UnitName& name, std::vector<Finding>& findings);

/// Words of [Install] that are not unit names.
void check_install(const UnitFile& unit, std::vector<Finding>& findings);

}  // namespace addon::unit
