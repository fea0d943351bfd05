#pragma once

#include <chrono>
#include <vector>

#include "cli/lint_targets.hpp"
#include "core/finding.hpp"
#include "policy/site_policy.hpp"

namespace addon::cli {

/// What a target is judged by; without a policy only by what holds everywhere.
struct LintBasis {
  const policy::SitePolicy* policy = nullptr;
  std::chrono::sys_days today;
};

/// Everything that is wrong with each target, sorted within it, in the order of the targets.
/// Works on several at once.
std::vector<Finding> lint(const std::vector<LintTarget>& targets, const LintBasis& basis);

}  // namespace addon::cli
