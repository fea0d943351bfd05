#pragma once

#include <cstddef>
#include <string>

#include "core/result.hpp"

namespace addon::cli {

/// A regular file that the user named, or its first `limit` bytes: whoever parses it has a limit of
/// its own and words for it. Links are followed, for where it stands is the user's to say. Anything
/// but a regular file is an error. Errors: kind invalid.
Result<std::string> read_text(const std::string& path, std::size_t limit);

}  // namespace addon::cli
