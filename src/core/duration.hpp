#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace addon {
inline namespace core {

/// A time span as in systemd.time(7), as far as manifests need it: whole numbers each with one of
/// ms, s, min, m, h, or a bare number of seconds; "1min 30s" and "1min30s" add up. At most 1 day.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration reads back: "1min30s", "250ms", "0s".
std::string to_string(std::chrono::milliseconds duration);

}  // namespace core
}  // namespace addon
