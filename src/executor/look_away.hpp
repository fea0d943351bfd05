#pragma once

#include "executor/observe.hpp"
#include "policy/site_policy.hpp"

namespace addon::executor {

/// Takes out of the subjects of new bundles the programs and state directories that no line of the policy
/// allows: whoever plans a bundle is told what was found, and what stands at names of their own is not theirs
/// to learn from root. Policy denies them in any case.
void look_away(Subjects& subjects, const policy::SitePolicy& policy);

}  // namespace addon::executor
