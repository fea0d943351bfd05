#pragma once

#include "cli/command.hpp"

namespace addon::cli {

// One file below commands/ for each.
Command lint_command();
Command plan_command();
Command show_command();
Command apply_command();
Command diff_command();
Command rollback_command();
Command remove_command();
Command recover_command();
Command status_command();
Command history_command();
Command gc_command();
Command verify_command();
Command doctor_command();
Command bundle_command();
Command policy_command();
Command unit_command();
Command schema_command();
Command explain_command();

}  // namespace addon::cli
