#pragma once

#include <string>

#include "core/result.hpp"

namespace addon::cli {

/// One line of standard input. Where that is a terminal, the question goes to standard error and what is
/// typed is not shown; a signal that ends the program there is an error, and the terminal is as before.
/// Whoever gets it wipes it. Errors: nothing comes, or more than 1,024 bytes.
Result<std::string> read_password(const std::string& question);

}  // namespace addon::cli
