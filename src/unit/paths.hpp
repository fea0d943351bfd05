#pragma once

#include <string>
#include <string_view>

namespace addon::unit {

/// The path without repeated slashes, "." and a trailing slash; ".." stays. As systemd keeps paths.
std::string simplify_path(std::string_view path);

/// Whether it is absolute and without "..", which systemd requires of most paths.
bool is_absolute_and_normal(std::string_view path);

}  // namespace addon::unit
