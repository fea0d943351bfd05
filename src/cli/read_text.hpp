#pragma once

#include <cstddef>
#include <string>

#include "core/result.hpp"

namespace addon::cli {

/// The whole of a regular file that the user named; links are followed, for where it stands is
/// the user's to say. Anything but a regular file, or more than `limit` bytes, is an error. Error: kind
/// invalid.
Result<std::string> read_text(const std::string& path, std::size_t limit);

}  // namespace addon::cli
