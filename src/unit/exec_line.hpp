#pragma once

#include <vector>

#include "core/finding.hpp"
#include "unit/full_name.hpp"
#include "unit/privileges.hpp"
#include "unit/switches.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// The commands of a service, in the order in which the unit has them; what an empty assignment
/// resets is gone. With PermissionsStartOnly=, which systemd 252 still obeys, every command but
/// ExecStart='s has the prefix "+", since that is how it runs.
std::vector<ExecCommand> read_exec_lines(const UnitFile& unit, const FullName& name, const Switches& switches,
                                         std::vector<Finding>& findings);

}  // namespace addon::unit
