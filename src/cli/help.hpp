#pragma once

#include <string>

#include "cli/command.hpp"

namespace addon::cli {

/// The help of a verb, or of the program where that is null. Lines have at most 80 columns.
std::string help_text(const Command* command);

}  // namespace addon::cli
