#pragma once

#include "host/state.hpp"
#include "plan/compile_addon.hpp"

namespace addon::plan {

/// As found on the host; null where nothing was.
const host::AddonState* find_addon(const host::HostState& host, const AddonId& id);
const host::UnitState* find_unit(const host::HostState& host, const UnitName& name);
const host::InstalledVersion* find_version(const host::AddonState* state, const Version& version);

/// A oneshot service that has done its work, or is at it, is as it should be.
bool is_oneshot_at_work(const host::UnitState* unit);

/// A file below /etc/systemd/system that addonctl made, but for its bytes.
bool is_as_written(const host::FileState& file);

/// Whether processes of it may be there: up, on its way up or down, or waiting to be restarted.
bool is_running(const host::UnitState* unit);

/// Stops a unit and removes its enablement links; its file stays.
void disarm_unit(const AddonId& id, const ReleaseUnit& unit, const host::HostState& host, Phases& phases);

/// Disarms those units of `recorded` that `stays` does not have and removes their files: timers
/// first, so that none starts its service again.
void retire_units(const Release& recorded, const Release* stays, const host::HostState& host, Phases& phases);

/// Removes addonctl's drop-in of `recorded` where `stays` has none for that unit. Whether it did.
bool retire_drop_in(const Release& recorded, const Release* stays, const host::HostState& host,
                    Phases& phases);

/// Takes the capabilities off every file of a version.
void revoke_all(const AddonId& id, const host::InstalledVersion& version, Phases& phases);

}  // namespace addon::plan
