#pragma once

#include <string>

#include "cli/terminal.hpp"
#include "core/json.hpp"

namespace addon::cli {

/// A plan for people, from its public JSON (the object at "plan") and nothing else, so that a saved
/// plan shows what it says:
///
///   + packet-probe  (none) -> 1.0.0
///     + stage          versions/1.0.0: 3 files, 4.1 MiB
///     + capabilities   versions/1.0.0/packet-probe: (none) -> cap_net_raw=ep
///         allowed by /etc/addonctl/policy.yaml:5 (grant probes): capability cap_net_raw
///   ...
///   Plan: 1 to add, 0 to update, 0 to remove, 2 unchanged.
///
/// "No changes. The host matches." for a plan without steps.
std::string render_plan(const Json& plan, const Palette& palette);

}  // namespace addon::cli
