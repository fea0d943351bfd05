#pragma once

#include <string>
#include <vector>

#include "cli/session.hpp"
#include "core/finding.hpp"
#include "unit/analysis_json.hpp"

namespace addon::cli {

/// Units that the user named, in their order.
struct AnalyzedUnits {
  std::vector<unit::AnalyzedUnit> units;
  std::vector<Finding> findings;  ///< of operands that are no unit, or cannot be read
};

/// An operand with a slash is a unit file, with FILE.d/*.conf as its drop-ins. One without is a unit
/// of the host, looked up as systemd does; without --root a file of that name comes first. Errors: kind
/// usage for a name that is not one of a service or timer, and for --root.
Result<AnalyzedUnits> analyze_operands(const std::vector<std::string>& operands, const Context& context);

}  // namespace addon::cli
