#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "policy/site_policy.hpp"

namespace addon::cli {

struct LoadedPolicy {
  policy::SitePolicy policy;      ///< allows nothing where there is none
  bool present = false;           ///< whether there is any file of it
  std::vector<Finding> findings;  ///< warnings about it
  std::string usual_place;        ///< where the host's own would stand
};

/// Who must have written the host's policy for it to be believed.
enum class PolicyTrust {
  root_only,  ///< root, with every directory above it; else an error with finding policy-untrusted
  anyone      ///< for looking only
};

/// The policy of the host below `root`: /etc/addonctl/policy.yaml and /etc/addonctl/policy.d/*.yaml. An error
/// holds the findings of every file.
Result<LoadedPolicy> load_site_policy(const std::string& root, PolicyTrust trust);

/// The policy that these files make together, whoever wrote them.
Result<LoadedPolicy> load_policy_files(const std::vector<std::string>& files);

/// What --policy names, or else the host's own.
Result<LoadedPolicy> load_policy(const GlobalOptions& options, PolicyTrust trust);

}  // namespace addon::cli
