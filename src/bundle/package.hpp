#pragma once

#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "host/package_state.hpp"

namespace addon::bundle {

/// Gives the bundle of an os-package what its package ships on this host: units as they stand there, parsed
/// and analysed, and the primary. Units beside the manifest are forgotten: they are not what would run.
/// Findings: units that are named and that the package does not ship, no primary or several, and what is
/// wrong with a unit's text. Of a package that is not installed there is nothing to say here.
std::vector<Finding> use_package(Bundle& bundle, host::PackageState package);

}  // namespace addon::bundle
