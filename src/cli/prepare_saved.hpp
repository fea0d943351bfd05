#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/bundle_sources.hpp"
#include "cli/desk.hpp"
#include "cli/policy_files.hpp"
#include "cli/session.hpp"
#include "executor/prepare.hpp"
#include "plan/plan.hpp"

namespace addon::cli {

/// A saved plan, compiled again now.
struct PreparedAgain {
  executor::Prepared prepared;
  std::vector<std::string> differences;  ///< from the saved one; empty when it is not stale
};

enum class Downgrades { allowed, refused };

/// Compiles what a saved plan was compiled from, as it is now. Changes nothing. Its bundles are looked for
/// where `opening` has artifacts looked for.
Result<PreparedAgain> prepare_saved(const plan::SavedPlan& saved, const std::string& plan_file,
                                    const Opening& opening, const LoadedPolicy& policy, Session& session,
                                    Desk& desk, Downgrades downgrades = Downgrades::allowed);

/// The generation that came from applying this plan here, if any.
std::optional<std::uint64_t> applied_as(const plan::SavedPlan& saved, const host::Directory& root);

}  // namespace addon::cli
