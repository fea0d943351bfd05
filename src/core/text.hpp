#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace addon {
inline namespace core {

/// Text from outside, in double quotes, safe to print: control characters and invalid UTF-8 as
/// \xNN, '"' and '\' escaped, cut after 120 bytes. Errors quote hostile input through this.
std::string quoted(std::string_view text);
// Without these, argument-dependent lookup prefers std::quoted wherever <iomanip> is included.
inline std::string quoted(const std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(const char* text) { return quoted(std::string_view(text)); }

/// The same escaping without the quotes and without the cut.
std::string printable(std::string_view text);

/// Whether text is well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

/// Whether text has a character below U+0020, or U+007F.
bool has_control_character(std::string_view text);

std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// Whether name matches a shell-like pattern, case-sensitively: '*' any run of characters other
/// than '/', '**' any run, '?' one character other than '/'. Everything else stands for itself.
bool glob_match(std::string_view pattern, std::string_view name);

/// A number of bytes for people: "43.5 KiB".
std::string size_text(std::uint64_t bytes);

/// The candidate nearest to text by Damerau-Levenshtein distance, ignoring case, or "" when none
/// is near enough (at most a third of its length) to be what was meant.
std::string did_you_mean(std::string_view text, const std::vector<std::string>& candidates);

}  // namespace core
}  // namespace addon
