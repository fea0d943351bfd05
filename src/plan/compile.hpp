#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/addon_id.hpp"
#include "core/finding.hpp"
#include "host/state.hpp"
#include "plan/generation.hpp"
#include "plan/plan.hpp"

namespace addon::plan {

/// What is wanted. One compiler serves every verb: apply wants bundles, rollback an older
/// generation, remove one add-on less, diff what is recorded already.
struct Wish {
  std::string verb = "apply";
  /// Add-ons that shall be active from these bundles, or, where the source is "", from versions
  /// that are installed already. No two of one id.
  std::vector<bundle::Bundle> wanted;
  /// Bundles of add-ons that a local override disables: inputs of the plan that shall not be active. Those
  /// that are recorded are among `unwanted`.
  std::vector<bundle::Bundle> disabled{};
  /// Recorded add-ons that shall be as recorded, with their installed version as far as it could
  /// be read: their drift is repaired without a bundle, where that can be done.
  std::map<AddonId, std::optional<bundle::Bundle>> kept;
  /// Who vouches for what is wanted or kept, by a key that is trusted now.
  std::map<AddonId, bundle::Signer> signers{};
  /// Add-ons that shall not be active.
  std::set<AddonId> unwanted;
  bool prune = false;  ///< recorded add-ons that are not wanted go, too
  /// Add-ons whose data is deleted, as they were recorded last; active ones are among the unwanted.
  std::map<AddonId, Release> purged = {};
};

struct Compiled {
  Plan plan;
  std::vector<Finding> findings;  ///< why it must not be run: traps, what the host cannot do
};

/// (wish, generation, host) -> plan. Pure: same inputs, same plan. Steps stand in the order in
/// which they are done: what goes out of the registry, stage, capabilities, stop what goes, state
/// directories, units, current, enablement, one reload, start, health, the new registry, capabilities off
/// what is inactive now, data that is deleted. In each of these an add-on comes after those that it needs;
/// what goes or is stopped comes before them.
Compiled compile(const Wish& wish, const Generation& generation, const host::HostState& host,
                 const Digest& policy);

}  // namespace addon::plan
