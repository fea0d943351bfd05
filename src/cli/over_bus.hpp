#pragma once

#include <optional>

#include "cli/command.hpp"
#include "cli/report.hpp"

namespace addon::cli {

/// What a verb came to that addon-executor ran.
struct BusOutcome {
  Report report;
  bool is_printed = false;  ///< by the executor, as this process would have
};

/// Has addon-executor run the verb, with what the caller may open of its operands. Nullopt where that is not
/// to be: for root, who does it alone, for verbs that need no executor, with --root and --policy, and on a
/// host without an executor.
std::optional<BusOutcome> run_over_bus(const Command& command, const Context& context,
                                       const Arguments& arguments);

}  // namespace addon::cli
