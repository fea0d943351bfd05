#pragma once

#include <string>
#include <vector>

namespace addon::cli {

/// What addonctl schema takes, in the order of its help.
std::vector<std::string> schema_names();

}  // namespace addon::cli
