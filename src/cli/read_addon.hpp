#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bundle/signature.hpp"
#include "cli/lint/targets.hpp"
#include "core/addon_id.hpp"
#include "core/finding.hpp"
#include "core/version.hpp"
#include "plan/plan.hpp"
#include "policy/site_policy.hpp"

namespace addon::cli {

/// What a manifest or bundle asks for.
struct AskingAddon {
  AddonId id;
  Version version;
  std::vector<plan::Step> steps;     ///< that would install it on an empty host
  std::vector<std::string> units{};  ///< files of a bundle's units, as findings name them
  std::optional<bundle::Signer> signer{};
  std::vector<manifest::RequiredAddon> required{};
};

struct ReadAddon {
  std::optional<AskingAddon> addon;  ///< absent when findings hold an error
  std::vector<Finding> findings;
};

/// Reads what lint and the policy verbs judge. With a policy, the signature of a bundle is verified by the
/// keys that come with it; without one it is not looked at.
ReadAddon read_addon(const LintTarget& target, const policy::SitePolicy* policy);

/// A plan of its steps, as apply would have it judged.
plan::Plan plan_of(AskingAddon addon);

}  // namespace addon::cli
