#pragma once

#include <map>
#include <vector>

#include "core/finding.hpp"
#include "host/state.hpp"
#include "plan/generation.hpp"
#include "plan/plan.hpp"

namespace addon::plan {

/// Whether this version, on this host, can activate what is delivered and supervised in that way.
bool is_model_supported(const manifest::Manifest& manifest, const host::HostState& host);

/// What this host cannot give an add-on that is wanted, whatever policy allows: users that do not
/// exist, capabilities that the kernel does not know, a filesystem without them, a model that is not
/// supported, another operating system, units that are somebody else's or have further names.
std::vector<Finding> check_host(const bundle::Bundle& wanted, const Generation& generation,
                                const host::HostState& host);

/// That the host's base agent is one that the add-on works with, and the host one that runs its program.
std::vector<Finding> check_program_and_agent(const bundle::Bundle& wanted, const host::HostState& host);

/// Of the programs that a unit runs besides the add-on's own, with its drop-ins: those that someone other
/// than root can change. Also of units that stay as they are.
std::vector<Finding> check_programs(const std::vector<Step>& steps, const host::HostState& host);

/// Whether the path is in what the add-on has on a host, which is root's or the tree is tampered with.
bool is_own_program(const AddonId& id, const std::string& path);

/// Of any add-on that is touched, also of one that goes.
std::vector<Finding> check_tree(const AddonId& id, const host::HostState& host);

}  // namespace addon::plan
