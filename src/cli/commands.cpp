#include <array>

#include "cli/command.hpp"
#include "cli/commands/all.hpp"

namespace addon::cli {

std::span<const Command> commands() {
  static const std::array table = {lint_command(),   plan_command(),     show_command(),   apply_command(),
                                   diff_command(),   rollback_command(), remove_command(), recover_command(),
                                   status_command(), history_command(),  verify_command(), gc_command(),
                                   doctor_command(), bundle_command(),   policy_command(), unit_command(),
                                   schema_command(), explain_command()};
  return table;
}

const Command* find_command(std::string_view name) {
  for (const Command& command : commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace addon::cli
