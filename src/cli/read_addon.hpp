#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/lint/targets.hpp"
#include "core/addon_id.hpp"
#include "core/finding.hpp"
#include "core/version.hpp"
#include "plan/plan.hpp"

namespace addon::cli {

/// What a manifest or bundle asks for.
struct AskingAddon {
  AddonId id;
  Version version;
  std::vector<plan::Step> steps;     ///< that would install it on an empty host
  std::vector<std::string> units{};  ///< files of a bundle's units, as findings name them
};

struct ReadAddon {
  std::optional<AskingAddon> addon;  ///< absent when findings hold an error
  std::vector<Finding> findings;
};

/// Reads what lint and the policy verbs judge.
ReadAddon read_addon(const LintTarget& target);

/// A plan of these steps, as apply would have it judged.
plan::Plan plan_of(std::vector<plan::Step> steps);

}  // namespace addon::cli
