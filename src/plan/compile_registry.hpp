#pragma once

#include <map>
#include <optional>

#include "host/state.hpp"
#include "plan/generation.hpp"
#include "plan/step.hpp"

namespace addon::plan {

/// What the steps that write the registry depend on.
struct RegistryFacts {
  const Generation& generation;
  const std::map<AddonId, Release>& result;
  const host::HostState& host;
  /// What each add-on that the plan is about asks for, as far as its manifest was read.
  const std::map<AddonId, Terms>& terms;
  bool is_recorded = false;  ///< there will be a new generation, whether or not any other step is done
};

/// The first step of a transaction: takes out the entries of what goes, and of what is not ready while the
/// others are done, because files or capabilities of its very version are put right. None where there is
/// nothing to take out, or nothing else to do.
std::optional<UpdateRegistry> withdraw_step(const std::vector<Step>& others, const RegistryFacts& facts);

/// The one at its end, which makes it the new generation's. None where nothing else is done and nothing is to
/// be said.
std::optional<UpdateRegistry> publish_step(const std::vector<Step>& others, const RegistryFacts& facts);

}  // namespace addon::plan
