#pragma once

#include <cstdio>
#include <vector>

#include "cli/command.hpp"

namespace addon::cli {

/// Prints a report as the console's format has it. `command` is null where no verb was named.
void print(const Report& report, const Command* command, Console& console);

/// Runs one command line, without the program's name, and gives its exit code.
int run(const std::vector<std::string>& arguments, std::FILE* out, std::FILE* err);

}  // namespace addon::cli
