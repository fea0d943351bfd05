#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace addon::cli {

/// Saves text in a file that the user named, mode 0644. After a crash the old or the new bytes stand
/// there, whole. The file belongs to whoever runs this. `what` is what errors call it: "the plan".
Result<> write_text(const std::string& file, std::string_view text, std::string_view what);

}  // namespace addon::cli
