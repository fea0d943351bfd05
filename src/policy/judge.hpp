#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/finding.hpp"
#include "core/result.hpp"
#include "plan/plan.hpp"
#include "policy/site_policy.hpp"
#include "policy/verdict.hpp"

namespace addon::policy {

/// A plan with every step's decisions filled in, and a finding for everything that no line allows
/// or some line denies (the finding's policy is that line) or a grant of the past would have allowed.
struct Judgement {
  plan::Plan plan;
  std::vector<Finding> findings;
  /// What was decided about each thing in each place that asks for it, in the order of asking. There is a
  /// finding if and only if one of them refuses; what needs no line to begin with (a free target) is among
  /// those that allow.
  std::vector<Verdict> verdicts;
};

/// Judges each step of the plan by what it would give the add-on:
///  - stage: how many files, and their bytes;
///  - switch-current: delivery, supervision, run_as ("" asks for nothing) and state directories of the
///    manifest; by the verb "apply", a version that is older than any that was ever active by the records
///    (than the current one, where there are none), unless it is the active one;
///  - use-package: the same as switch-current, and each unit of the package like install-unit;
///  - set-capabilities: each capability of `after` (taking capabilities away is always allowed);
///  - install-unit: the unit's name; the user it runs as (root where it says none; a dynamic user
///    by allow_dynamic_user); ambient capabilities; for a unit that runs as root, its bounding set;
///    the prefixes and programs of each Exec line; paths that root opens for it, directories that it is
///    given; Group= and SupplementaryGroups=; directives that are forbidden or required; Also= and Alias=;
///    references to units that are not the add-on's own;
///  - the first one that gives an add-on something: by whom it is signed, where that is required.
/// Who signed is what plan.signers says, which prepare() verified; nobody else is believed.
/// Pure. `today` decides about grants that expire.
Judgement judge(plan::Plan plan, const SitePolicy& policy, std::chrono::sys_days today);

/// A plan that policy allows as a whole. Only approve() makes one, and only one of these can be
/// executed.
class ApprovedPlan {
 public:
  const plan::Plan& plan() const { return plan_; }

 private:
  friend Result<ApprovedPlan> approve(plan::Plan plan, const SitePolicy& policy, std::chrono::sys_days today);
  explicit ApprovedPlan(plan::Plan plan) : plan_(std::move(plan)) {}
  plan::Plan plan_;
};

/// The plan, approved, or an error of kind denied with every finding.
Result<ApprovedPlan> approve(plan::Plan plan, const SitePolicy& policy, std::chrono::sys_days today);

}  // namespace addon::policy
