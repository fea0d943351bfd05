#include "core/duration.hpp"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <cstdint>

#include "core/text.hpp"

namespace addon {
inline namespace core {

namespace {
struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
// From the largest to the smallest, for writing; "m" is only read.
constexpr std::array<Unit, 4> units = {{{"h", 3'600'000}, {"min", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr Unit minute_alias = {"m", 60'000};
constexpr std::int64_t most = 24 * 3'600'000;
constexpr std::string_view blanks = " \t";
constexpr std::string_view digits = "0123456789";

std::string_view take_while(std::string_view& text, auto&& belongs) {
  std::size_t length = 0;
  while (length < text.size() && belongs(text[length])) ++length;
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(length);
  return taken;
}

bool is_digit(char c) { return digits.find(c) != std::string_view::npos; }
bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return name == minute_alias.name ? &minute_alias : nullptr;
}

// Saturates above the longest duration, which is far below an overflow of number * unit.
std::int64_t to_number(std::string_view text) {
  std::int64_t number = 0;
  for (const char digit : text) {
    if (number <= most) number = number * 10 + (digit - '0');
  }
  return number;
}
}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto fail = [&](std::string_view why) {
    return tl::unexpected(
        Error(fmt::format("{} is not a duration: {}", quoted(text), why), ErrorKind::invalid));
  };
  constexpr std::string_view form = "use whole numbers with ms, s, min or h, such as \"30s\" or \"1min 30s\"";
  std::string_view rest = trim(text);
  if (rest.empty()) return fail(form);
  const bool is_bare_number = rest.find_first_not_of(digits) == std::string_view::npos;
  std::int64_t sum = 0;
  while (!rest.empty()) {
    const std::string_view number = take_while(rest, is_digit);
    take_while(rest, is_blank);
    const std::string_view name =
        is_bare_number ? "s" : take_while(rest, [](char c) { return !is_digit(c) && !is_blank(c); });
    take_while(rest, is_blank);
    const Unit* unit = find_unit(name);
    if (number.empty() || unit == nullptr) return fail(form);
    sum += to_number(number) * unit->milliseconds;
    if (sum > most) return fail("it is longer than a day");
  }
  return std::chrono::milliseconds(sum);
}

std::string to_string(std::chrono::milliseconds duration) {
  std::int64_t rest = duration.count();
  assert(rest >= 0);
  if (rest == 0) return "0s";
  std::string text;
  for (const Unit& unit : units) {
    if (rest >= unit.milliseconds) text += fmt::format("{}{}", rest / unit.milliseconds, unit.name);
    rest %= unit.milliseconds;
  }
  return text;
}

}  // namespace core
}  // namespace addon
