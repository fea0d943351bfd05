#pragma once

#include <vector>

#include "unit/full_name.hpp"
#include "unit/install.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// Every word by which a unit names another one, in the unit's order: dependencies, triggers,
/// [Install], Sockets=, Slice=, a timer's Unit=. An empty assignment takes none of them back but
/// where systemd.unit(5) says so ([Install]).
std::vector<Reference> read_references(const UnitFile& unit, const FullName& name);

}  // namespace addon::unit
