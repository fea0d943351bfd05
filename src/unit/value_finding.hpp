#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// A finding of rule unit_value: "KEY="VALUE" WHY".
Finding value_finding(const Directive& directive, std::string_view why, std::string fix);

/// The finding for quotes that are never closed.
Finding unbalanced_finding(const Directive& directive);

}  // namespace addon::unit
