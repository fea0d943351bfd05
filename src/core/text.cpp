#include "core/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace addon {
inline namespace core {

namespace {
constexpr std::size_t quote_limit = 120;
constexpr std::string_view white_space = " \t\n\v\f\r";

std::uint8_t byte_at(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

bool is_continuation(std::uint8_t byte) { return (byte & 0xc0U) == 0x80U; }

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;  ///< 0: no well-formed sequence starts here
};

// Unicode 15, table 3-7: only the second byte's range depends on the first.
CodePoint decode(std::string_view text) {
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xf0 ? 4U : first >= 0xe0 ? 3U : 2U;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return {};
  const std::uint8_t second = byte_at(text, 1);
  const bool is_overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool is_surrogate = first == 0xed && second > 0x9f;
  const bool is_beyond_unicode = first == 0xf4 && second > 0x8f;
  if (is_overlong || is_surrogate || is_beyond_unicode) return {};
  char32_t value = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(byte_at(text, i))) return {};
    value = value << 6U | (byte_at(text, i) & 0x3fU);
  }
  return {value, length};
}

// Besides control characters, those that end a line or turn the writing direction round: with
// them a text reads as something that it is not.
bool is_printed_as_is(char32_t c) {
  const bool is_control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
  const bool is_separator = c == 0x2028 || c == 0x2029;
  const bool turns_direction = c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
                               (c >= 0x2066 && c <= 0x2069);
  return !is_control && !is_separator && !turns_direction;
}

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    const std::size_t length = std::max<std::size_t>(point.length, 1);
    if (point.length == 0 || !is_printed_as_is(point.value)) {
      for (std::size_t i = 0; i < length; ++i)
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte_at(text, i));
    } else {
      if (text.front() == '"' || text.front() == '\\') out += '\\';
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Damerau-Levenshtein distance in its restricted form: no part is edited twice.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_previous(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before_previous[j - 2] + 1);
      }
    }
    std::swap(before_previous, previous);
    std::swap(previous, current);
  }
  return previous.back();
}
}  // namespace

std::string quoted(std::string_view text) {
  if (text.size() <= quote_limit) return fmt::format("\"{}\"", escape(text));
  std::size_t cut = quote_limit;
  // Not through a character; a well-formed one has at most three continuation bytes.
  for (int back = 0; back < 3 && is_continuation(byte_at(text, cut)); ++back) --cut;
  return fmt::format("\"{}\"...", escape(text.substr(0, cut)));
}

std::string printable(std::string_view text) { return escape(text); }

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint point = decode(text);
    if (point.length == 0) return false;
    text.remove_prefix(point.length);
  }
  return true;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<std::uint8_t>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(white_space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  return fmt::format("{}", fmt::join(parts, separator));
}

bool glob_match(std::string_view pattern, std::string_view name) {
  // reached[i]: pattern's first i characters match what was read of name. All at once, since
  // trying one star after the other takes exponential time on names made for it.
  std::vector<char> reached(pattern.size() + 1, 0);
  std::vector<char> next(pattern.size() + 1, 0);
  const auto star_length = [&](std::size_t i) {
    return pattern.substr(i, 2) == "**" ? 2U : pattern.substr(i, 1) == "*" ? 1U : 0U;
  };
  const auto let_stars_match_nothing = [&](std::vector<char>& states) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (states[i] != 0 && star_length(i) > 0) states[i + star_length(i)] = 1;
    }
  };
  reached[0] = 1;
  let_stars_match_nothing(reached);
  for (const char c : name) {
    const bool continues = is_continuation(static_cast<std::uint8_t>(c));
    std::fill(next.begin(), next.end(), 0);
    for (std::size_t i = 0; i <= pattern.size(); ++i) {
      if (reached[i] == 0) continue;
      // '?' stands for a whole character of several bytes.
      if (continues && i > 0 && pattern[i - 1] == '?') next[i] = 1;
      if (i == pattern.size()) continue;
      if (star_length(i) > 0) {
        if (star_length(i) == 2 || c != '/') next[i] = 1;
      } else if (pattern[i] == '?' ? c != '/' && !continues : pattern[i] == c) {
        next[i + 1] = 1;
      }
    }
    let_stars_match_nothing(next);
    std::swap(reached, next);
  }
  return reached[pattern.size()] != 0;
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, units[unit]);
}

std::string did_you_mean(std::string_view text, const std::vector<std::string>& candidates) {
  const std::string wanted = to_lower(text);
  std::size_t least = wanted.size() / 3 + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(wanted.size(), candidate.size());
    // The distance is at least the difference in length: hostile lengths cost nothing.
    if (longer - std::min(wanted.size(), candidate.size()) >= least) continue;
    const std::size_t distance = edit_distance(wanted, to_lower(candidate));
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace core
}  // namespace addon
