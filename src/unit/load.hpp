#pragma once

#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "core/result.hpp"
#include "unit/full_name.hpp"
#include "unit/search.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// What systemd says about a unit's files, as far as they tell. LoadState of org.freedesktop.systemd1(5).
enum class LoadState { loaded, masked, not_found };
std::string_view to_string(LoadState state);

/// A unit's file and drop-ins as one text.
struct LoadedUnit {
  FullName name;  ///< that was asked for
  FoundUnit found;
  LoadState state = LoadState::not_found;
  std::vector<DropIn> drop_ins;
  UnitFile unit;                  ///< empty unless loaded
  std::vector<Finding> findings;  ///< of the text
};

/// Appends a drop-in to a unit.
void add_drop_in(UnitFile& unit, UnitFile drop_in);

/// Loads a unit as systemd 252 does: its file or what its name stands for, and all its drop-ins.
/// A unit whose file is empty or leads to /dev/null is masked.
Result<LoadedUnit> load_unit(UnitReader& reader, const UnitIndex& index, const FullName& name);

}  // namespace addon::unit
