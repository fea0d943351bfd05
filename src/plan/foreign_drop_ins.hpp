#pragma once

#include <vector>

#include "core/finding.hpp"
#include "host/state.hpp"
#include "plan/generation.hpp"
#include "plan/step.hpp"

namespace addon::plan {

/// Makes the step show the unit as systemd would run it on this host: with what the host's drop-ins for
/// it say, each directive at the drop-in's own line. Traps and policy then judge them as if they stood in
/// the unit. What cannot be understood in them is a finding as it is in a unit: nothing is guessed.
std::vector<Finding> add_foreign_drop_ins(InstallUnit& step, const std::vector<host::UnitDropIn>& drop_ins);

/// What a record says of them.
HostDropIns record_of(const std::vector<host::UnitDropIn>& drop_ins);

/// Whether the host adds something else to the unit than the record says. A record that does not know
/// the unit says nothing.
bool has_other_drop_ins(const UnitName& name, const host::UnitState& unit, const Generation& recorded);

}  // namespace addon::plan
