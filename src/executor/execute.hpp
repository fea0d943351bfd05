#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/result.hpp"
#include "executor/ports.hpp"
#include "plan/generation.hpp"
#include "policy/judge.hpp"

namespace addon::executor {

struct Outcome {
  std::uint64_t generation = 0;       ///< the one that is active now
  std::vector<std::string> warnings;  ///< what went wrong after the commit and changes nothing
};

/// Runs an approved plan as one transaction: every step, or none. The first failing step ends it:
/// the steps done are undone in reverse and the error is of kind rolled_back (stale where the
/// bundle changed under us, so that nothing was ever activated); undo_failed when undoing failed too, saying
/// what is left to do. `base` is the generation that the plan starts from; a plan without steps commits
/// nothing and returns its number. Precondition: the caller holds the lock.
Result<Outcome> execute(const policy::ApprovedPlan& approved, const std::vector<bundle::Bundle>& bundles,
                        const plan::Generation& base, Ports& ports);

}  // namespace addon::executor
