#pragma once

#include "core/result.hpp"
#include "executor/ports.hpp"
#include "host/state.hpp"
#include "policy/site_policy.hpp"

namespace addon::executor {

/// Which version of the base agent the host has: the first line of /etc/addonctl/agent-version where that
/// file is there, else the first version in what the policy's command prints. The command runs as nobody,
/// without any privilege, for ten seconds at most, and not below another root. Why there is none is part of
/// the answer.
Result<host::BaseAgent> observe_base_agent(const policy::SitePolicy& policy, Ports& ports);

}  // namespace addon::executor
