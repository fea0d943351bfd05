#pragma once

#include <string>
#include <string_view>

namespace addon::policy {

/// What a pattern is matched against.
enum class PatternOf { unit_to_install, unit_to_reach, path, state_dir, addon_id };

/// Whether every name that `narrow` matches is matched by `wide`, too. Tried on samples: the pattern with
/// each wildcard filled in several ways.
bool covers(std::string_view wide, std::string_view narrow);

/// Why the pattern is too wide, after "the pattern X ", or "": it names nothing but a kind of unit; or all of
/// a folder that much besides add-ons uses.
std::string too_wide(PatternOf kind, std::string_view pattern);

/// Why the pattern can never match, or "".
std::string unusable(PatternOf kind, std::string_view pattern);

}  // namespace addon::policy
