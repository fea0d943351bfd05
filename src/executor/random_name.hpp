#pragma once

#include <string>

#include "core/result.hpp"

namespace addon::executor {

/// 16 hexadecimal digits that nobody can foresee: getrandom(2).
Result<std::string> random_name();

}  // namespace addon::executor
