#pragma once

#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/site_files.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "policy/site_policy.hpp"

namespace addon::cli {

struct LoadedPolicy {
  policy::SitePolicy policy;      ///< allows nothing where there is none
  bool present = false;           ///< whether there is any file of it
  std::vector<Finding> findings;  ///< warnings about it
  std::string usual_place;        ///< where the host's own would stand
  bool knows_keys = false;        ///< whether the host has a folder of trusted keys, which is in policy.keys
};

/// The policy of the host below `root`: /etc/addonctl/policy.yaml and /etc/addonctl/policy.d/*.yaml, with the
/// keys that it trusts. An error holds the findings of every file.
Result<LoadedPolicy> load_site_policy(const std::string& root, PolicyTrust trust);

/// The same without the keys.
Result<LoadedPolicy> load_policy_alone(const std::string& root, PolicyTrust trust);

/// The policy that these files make together, whoever wrote them. It knows no keys.
Result<LoadedPolicy> load_policy_files(const std::vector<std::string>& files);

/// What --policy names, or else the host's own; with the host's keys in either case.
Result<LoadedPolicy> load_policy(const GlobalOptions& options, PolicyTrust trust);

}  // namespace addon::cli
