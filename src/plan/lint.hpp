#pragma once

#include <functional>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "manifest/manifest.hpp"
#include "plan/step.hpp"

namespace addon::plan {

/// What installing it on an empty host would do, as far as that can be told from the manifest
/// alone: enough for policy to judge all that it asks for. Nothing is known of units.
std::vector<Step> lint_steps(const manifest::Manifest& manifest);

/// The same with the bundle's files and units.
std::vector<Step> lint_steps(const bundle::Bundle& bundle);

/// Privileges that would not be what they seem, whatever policy allows: file capabilities on a
/// program that runs with NoNewPrivileges, or whose unit's bounding set lacks them; ambient capabilities
/// that do not reach the program; a user that is not the manifest's. Each finding names the unit's line and
/// the manifest's. capabilities(7).
std::vector<Finding> traps(const std::vector<Step>& steps);

/// Each unit of the steps: those that one installs, and those that stay as they are.
void for_each_unit(const std::vector<Step>& steps, const std::function<void(const InstallUnit&)>& visit);

}  // namespace addon::plan
