#pragma once

#include <map>

#include "bundle/bundle.hpp"
#include "core/addon_id.hpp"
#include "core/result.hpp"
#include "executor/ports.hpp"
#include "plan/plan.hpp"

namespace addon::executor {

/// What only the moment can tell, asked before anything is changed: that the filesystem of /opt/addons takes
/// file capabilities, by giving one to a file without a name, and that it has room for what will be staged.
/// Neither is part of a plan: the room changes all the time. Errors: kind failed, saying what is missing.
Result<> preflight(const plan::Plan& plan, const std::map<AddonId, const bundle::Bundle*>& bundles,
                   const Ports& ports);

}  // namespace addon::executor
