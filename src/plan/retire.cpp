#include "plan/retire.hpp"

#include <chrono>
#include <utility>

namespace addon::plan {

namespace {

// Longer than systemd waits by default until it kills what does not stop (DefaultTimeoutStopSec=,
// systemd-system.conf(5)).
constexpr std::chrono::seconds kStopTimeout{120};

// Failed counts, too: it is to be forgotten.
bool needs_stop(const host::UnitState& unit) {
  return unit.status && unit.status->active_state != "inactive" && !unit.status->active_state.empty();
}

void retire_unit(const AddonId& id, const ReleaseUnit& unit, const host::HostState& host, Phases& phases) {
  disarm_unit(id, unit, host, phases);
  const host::UnitState* found = find_unit(host, unit.name);
  // The package manager's is not addonctl's to remove.
  if (found == nullptr || !found->file || !unit.path.empty()) return;
  phases.units.emplace_back(RemoveUnit{id, unit.name, found->sha256.value_or(Digest{})});
}

}  // namespace

const host::AddonState* find_addon(const host::HostState& host, const AddonId& id) {
  const auto found = host.addons.find(id);
  return found == host.addons.end() ? nullptr : &found->second;
}

const host::UnitState* find_unit(const host::HostState& host, const UnitName& name) {
  const auto found = host.units.find(name);
  return found == host.units.end() ? nullptr : &found->second;
}

const host::InstalledVersion* find_version(const host::AddonState* state, const Version& version) {
  if (state == nullptr) return nullptr;
  const auto found = state->inspected.find(version);
  return found == state->inspected.end() ? nullptr : &found->second;
}

bool is_oneshot_at_work(const host::UnitState* unit) {
  if (unit == nullptr || !unit->status || unit->status->type != "oneshot") return false;
  const std::string& state = unit->status->active_state;
  return state == "activating" || (state == "inactive" && unit->status->result == "success");
}

bool is_as_written(const host::FileState& file) {
  return file.type == host::FileType::regular && file.mode == 0644 && file.uid == 0 && file.gid == 0;
}

bool is_running(const host::UnitState* unit) {
  return unit != nullptr && needs_stop(*unit) && unit->status->active_state != "failed";
}

void disarm_unit(const AddonId& id, const ReleaseUnit& unit, const host::HostState& host, Phases& phases) {
  const host::UnitState* found = find_unit(host, unit.name);
  if (found == nullptr) return;
  if (host.runs_systemd() && needs_stop(*found)) {
    phases.stop.emplace_back(SetRunning{id, unit.name, RunAction::stop, is_running(found), kStopTimeout});
  }
  std::vector<unit::InstallLink> present;
  for (const unit::InstallLink& link : unit.links) {
    if (found->links.contains(link.path)) present.push_back(link);
  }
  if (!present.empty()) phases.stop.emplace_back(SetEnablement{id, unit.name, std::move(present), false});
}

void retire_units(const Release& recorded, const Release* stays, const host::HostState& host,
                  Phases& phases) {
  for (const bool timers : {true, false}) {
    for (const ReleaseUnit& unit : recorded.units) {
      if (unit.name.is_timer() != timers) continue;
      if (stays != nullptr && stays->find_unit(unit.name) != nullptr) continue;
      retire_unit(recorded.id, unit, host, phases);
    }
  }
}

bool retire_drop_in(const Release& recorded, const Release* stays, const host::HostState& host,
                    Phases& phases) {
  if (!recorded.drop_in) return false;
  const UnitName& unit = recorded.drop_in->unit;
  if (stays != nullptr && stays->drop_in && stays->drop_in->unit == unit) return false;
  const host::UnitState* found = find_unit(host, unit);
  if (found == nullptr || !found->drop_in) return false;
  phases.units.emplace_back(RemoveDropIn{recorded.id, unit, found->drop_in->sha256.value_or(Digest{})});
  return true;
}

void revoke_all(const AddonId& id, const host::InstalledVersion& version, Phases& phases) {
  for (const host::InstalledFile& file : version.files) {
    if (file.capabilities.empty()) continue;
    phases.revoke.emplace_back(SetCapabilities{id, version.version, file.path, file.capabilities, {}, {}});
  }
}

AddonPlan compile_unwanted(const AddonId& id, const AddonFacts& facts) {
  AddonPlan out;
  if (facts.recorded == nullptr) return out;
  out.change = {ChangeKind::remove, facts.recorded->version, std::nullopt};
  retire_units(*facts.recorded, nullptr, facts.host, out.phases);
  retire_drop_in(*facts.recorded, nullptr, facts.host, out.phases);
  const host::AddonState* state = find_addon(facts.host, id);
  if (state == nullptr) return out;
  if (state->current) {
    out.phases.current.emplace_back(SwitchCurrent{id, state->current, std::nullopt, std::nullopt});
  }
  for (const auto& [version, found] : state->inspected) revoke_all(id, found, out.phases);
  return out;
}

}  // namespace addon::plan
