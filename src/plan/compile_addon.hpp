#pragma once

#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "host/state.hpp"
#include "plan/plan.hpp"
#include "plan/release.hpp"
#include "plan/step.hpp"

namespace addon::plan {

/// Steps of one add-on, by the phase of the transaction that they belong to.
struct Phases {
  std::vector<Action> stage;
  std::vector<Action> grant;
  std::vector<Action> stop;   ///< stop and disable what goes
  std::vector<Action> dirs;   ///< state directories
  std::vector<Action> units;  ///< remove and install
  std::vector<Action> current;
  std::vector<Action> enable;
  std::vector<Action> start;
  std::vector<Action> health;
  std::vector<Action> revoke;
  std::vector<Action> purge;

  bool empty() const;
};

struct AddonPlan {
  AddonChange change;
  Phases phases;
  std::vector<Finding> findings;
};

/// What is known of one add-on when its steps are compiled.
struct AddonFacts {
  const Release* recorded = nullptr;       ///< in the last generation
  const bundle::Bundle* bundle = nullptr;  ///< what is wanted, or the installed version that is kept
  const Generation& generation;
  const host::HostState& host;
};

/// The add-on shall be as `wanted` says.
AddonPlan compile_wanted(const Release& wanted, const AddonFacts& facts);
/// The add-on shall not be active. In retire.cpp.
AddonPlan compile_unwanted(const AddonId& id, const AddonFacts& facts);

/// How it is found out that a release is well once it was started. `bundle` is where that is asked for; null
/// where it cannot be read. In health_step.cpp.
CheckHealth health_step(const Release& wanted, const bundle::Bundle* bundle);

// Shared with lint, which knows no host.
std::vector<Asked> asked_capabilities(const manifest::Manifest& manifest);
Terms terms_of(const manifest::Manifest& manifest);
InstallUnit install_step(const bundle::BundleUnit& unit, const bundle::Bundle& bundle);

}  // namespace addon::plan
