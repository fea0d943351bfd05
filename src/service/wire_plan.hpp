#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "service/wire.hpp"

namespace addon::service {

/// What plan::read_saved_plan() said.
struct PlanAnswer {
  std::optional<Json> plan{};  ///< SavedPlan::json
  ErrorKind kind = ErrorKind::invalid;
  std::string message{};  ///< of an error that has no findings
  std::vector<Finding> findings{};

  static PlanAnswer of(Result<plan::SavedPlan> read);
  /// Precondition: there is no plan.
  Error error() &&;
};

void wire(WireWriter& writer, const PlanAnswer& answer);
void wire(WireReader& reader, PlanAnswer& answer);

}  // namespace addon::service
