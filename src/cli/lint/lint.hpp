#pragma once

#include <chrono>
#include <vector>

#include "cli/lint/subject.hpp"
#include "cli/lint/targets.hpp"
#include "policy/site_policy.hpp"

namespace addon::cli {

/// What a target is judged by; without a policy only by what holds everywhere.
struct LintBasis {
  const policy::SitePolicy* policy = nullptr;
  std::chrono::sys_days today;
};

/// Whether comments that ask to ignore a finding are heard.
enum class Comments { heard, unheard };

/// Each target with everything that is wrong with it, sorted within it, in the order of the targets.
/// Works on several at once.
std::vector<LintSubject> lint(const std::vector<LintTarget>& targets, const LintBasis& basis,
                              Comments comments);

}  // namespace addon::cli
