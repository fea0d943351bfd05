#pragma once

#include <vector>

#include "core/finding.hpp"
#include "unit/full_name.hpp"
#include "unit/privileges.hpp"
#include "unit/switches.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// Type=: the last value that systemd knows, "" when there is none.
Stated<std::string> read_type(const UnitFile& unit, std::vector<Finding>& findings);

/// What systemd 252 would refuse to load a service for: commands that are missing or too many
/// for its type, which is what read_type() gave.
void check_service(const UnitFile& unit, const std::string& type, const Switches& switches,
                   const std::vector<ExecCommand>& commands, std::vector<Finding>& findings);

/// A timer with nothing that starts it, or with a Unit= that systemd ignores.
void check_timer(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings);

/// Words of [Install] that are not unit names.
void check_install(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings);

}  // namespace addon::unit
