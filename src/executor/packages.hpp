#pragma once

#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "executor/ports.hpp"

namespace addon::executor {

/// Gives the bundle of an os-package what its package is on this host; nothing happens to any other. The
/// databases are asked in the order of Ports::packages, and the first that has the package installed counts.
/// Findings: those of bundle::use_package, and a version constraint that the database does not understand.
Result<std::vector<Finding>> look_at_package(bundle::Bundle& bundle, Ports& ports);

}  // namespace addon::executor
