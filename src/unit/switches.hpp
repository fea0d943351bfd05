#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// The directives of [Service] that are on or off, each with its last valid value and the line
/// of that; without an entry where a unit does not set one.
using Switches = std::map<std::string_view, const Directive*>;

/// A value that is not a boolean is a finding and, as for systemd, changes nothing. The
/// restrictions with further values (ProtectSystem=, ProtectHome=) are checked, not entered.
/// The unit must outlive what is returned.
Switches read_switches(const UnitFile& unit, std::vector<Finding>& findings);

/// The line that turns it on, or null.
const Directive* turned_on_by(const Switches& switches, std::string_view key);

}  // namespace addon::unit
