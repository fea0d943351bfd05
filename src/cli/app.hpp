#pragma once

#include <cstdio>
#include <vector>

#include "cli/command.hpp"

namespace addon::cli {

/// Runs one command line, without the program's name, and gives its exit code.
int run(const std::vector<std::string>& arguments, std::FILE* out, std::FILE* err);

}  // namespace addon::cli
