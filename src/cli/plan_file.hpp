#pragma once

#include <string>

#include "core/json.hpp"
#include "core/result.hpp"
#include "plan/plan.hpp"

namespace addon::cli {

/// Saves {"plan": …} as canonical JSON and a line feed, mode 0644. After a crash the old or the
/// new bytes stand there, whole. The file belongs to whoever runs this.
Result<> write_plan_file(const std::string& file, const Json& plan);

/// Reads a saved plan. Errors: kind invalid, with findings; an edited plan is rule plan-edited.
Result<plan::SavedPlan> read_plan_file(const std::string& file);

}  // namespace addon::cli
