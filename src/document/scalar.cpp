#include "document/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace addon::document {

namespace {
constexpr std::string_view decimal_digits = "0123456789";
constexpr std::string_view octal_digits = "01234567";
constexpr std::string_view hexadecimal_digits = "0123456789abcdefABCDEF";

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_run_of(std::string_view text, std::string_view digits) {
  return !text.empty() && text.find_first_not_of(digits) == std::string_view::npos;
}

std::string_view without_sign(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text;
}

std::size_t take_digits(std::string_view& text) {
  const std::size_t count = std::min(text.find_first_not_of(decimal_digits), text.size());
  text.remove_prefix(count);
  return count;
}

bool is_integer(std::string_view text) {
  if (text.starts_with("0o")) return is_run_of(text.substr(2), octal_digits);
  if (text.starts_with("0x")) return is_run_of(text.substr(2), hexadecimal_digits);
  return is_run_of(without_sign(text), decimal_digits);
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_decimal_number(std::string_view text) {
  text = without_sign(text);
  const std::size_t before = take_digits(text);
  std::size_t after = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    after = take_digits(text);
  }
  if (before + after == 0) return false;
  if (!text.starts_with('e') && !text.starts_with('E')) return text.empty();
  return is_run_of(without_sign(text.substr(1)), decimal_digits);
}

bool is_infinity(std::string_view text) { return is_one_of<3>(without_sign(text), {".inf", ".Inf", ".INF"}); }

bool is_not_a_number(std::string_view text) { return is_one_of<3>(text, {".nan", ".NaN", ".NAN"}); }
}  // namespace

NodeType plain_scalar_type(std::string_view text) {
  // Nearly every scalar is a word that can be told by its first letter.
  if (!text.empty() &&
      std::string_view("~nNtTfF+-.0123456789").find(text.front()) == std::string_view::npos) {
    return NodeType::string;
  }
  if (is_one_of<5>(text, {"", "~", "null", "Null", "NULL"})) return NodeType::null;
  if (is_one_of<6>(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) return NodeType::boolean;
  if (is_integer(text)) return NodeType::integer;
  if (is_decimal_number(text) || is_infinity(text) || is_not_a_number(text)) return NodeType::number;
  return NodeType::string;
}

IntegerValue integer_value(std::string_view text) {
  int base = 10;
  if (text.starts_with("0o") || text.starts_with("0x")) {
    base = text[1] == 'o' ? 8 : 16;
    text.remove_prefix(2);
  }
  const bool is_negative = text.starts_with('-');
  if (text.starts_with('+')) text.remove_prefix(1);
  IntegerValue out;
  if (std::from_chars(text.data(), text.data() + text.size(), out.value, base).ec == std::errc()) return out;
  using Numeric = std::numeric_limits<std::int64_t>;
  return {is_negative ? Numeric::min() : Numeric::max(), false};
}

double number_value(std::string_view text) {
  using Numeric = std::numeric_limits<double>;
  const bool is_negative = text.starts_with('-');
  if (is_infinity(text)) return is_negative ? -Numeric::infinity() : Numeric::infinity();
  if (is_not_a_number(text)) return Numeric::quiet_NaN();
  if (is_integer(text)) return static_cast<double>(integer_value(text).value);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return is_negative ? -Numeric::max() : Numeric::max();
  return value;
}

}  // namespace addon::document
