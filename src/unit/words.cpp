#include "unit/words.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include "core/text.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

namespace {
struct Escape {
  std::string text;
  std::size_t length = 0;  ///< bytes after the backslash; 0: not an escape
};

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::uint32_t> number(std::string_view digits, std::size_t count, std::uint32_t base) {
  if (digits.size() < count) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : digits.substr(0, count)) {
    const int digit = digit_value(c);
    if (digit < 0 || static_cast<std::uint32_t>(digit) >= base) return std::nullopt;
    value = value * base + static_cast<std::uint32_t>(digit);
  }
  return value;
}

std::string encode(std::uint32_t point) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  const auto more = [&](unsigned shift) { return byte(0x80U | ((point >> shift) & 0x3fU)); };
  if (point < 0x80) return {byte(point)};
  if (point < 0x800) return {byte(0xc0U | (point >> 6U)), more(0)};
  if (point < 0x10000) return {byte(0xe0U | (point >> 12U)), more(6), more(0)};
  return {byte(0xf0U | (point >> 18U)), more(12), more(6), more(0)};
}

Escape single(char c) {
  constexpr std::string_view names = "abfnrtv\\\"'s";
  constexpr std::string_view values = "\a\b\f\n\r\t\v\\\"' ";
  const auto at = names.find(c);
  if (at == std::string_view::npos) return {};
  return {std::string(1, values[at]), 1};
}

Escape unicode(std::string_view text, std::size_t digits) {
  const auto point = number(text.substr(1), digits, 16);
  if (!point || *point == 0 || *point > 0x10ffff) return {};
  std::string encoded = encode(*point);
  if (!is_utf8(encoded)) return {};
  return {std::move(encoded), digits + 1};
}

// A null byte would end the word for the program that gets it, so none of the forms may make one.
Escape byte(std::string_view digits, std::size_t count, std::uint32_t base, std::size_t length) {
  const auto value = number(digits, count, base);
  if (!value || *value == 0 || *value > 0xff) return {};
  return {std::string(1, static_cast<char>(static_cast<unsigned char>(*value))), length};
}

// text: what follows the backslash.
Escape decode(std::string_view text) {
  if (text.empty()) return {};
  switch (text.front()) {
    case 'x':
      return byte(text.substr(1), 2, 16, 3);
    case 'u':
      return unicode(text, 4);
    case 'U':
      return unicode(text, 8);
    default:
      return digit_value(text.front()) >= 0 && text.front() <= '7' ? byte(text, 3, 8, 3)
                                                                   : single(text.front());
  }
}

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }
}  // namespace

std::string_view strip(std::string_view text) {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

void WordReader::skip(std::size_t bytes) {
  rest_.remove_prefix(bytes);
  const auto next = rest_.find_first_not_of(blanks);
  rest_.remove_prefix(next == std::string_view::npos ? rest_.size() : next);
}

// The backslash is read already. False when nothing follows it.
bool WordReader::read_escape() {
  if (rest_.empty()) return false;
  if (escapes_ == Escapes::decode) {
    const Escape escape = decode(rest_);
    if (escape.length > 0) {
      word_ += escape.text;
      rest_.remove_prefix(escape.length);
      return true;
    }
    saw_unknown_escape_ = true;
    word_ += '\\';
  }
  word_ += rest_.front();
  rest_.remove_prefix(1);
  return true;
}

WordReader::Status WordReader::next() {
  word_.clear();
  stopped_ = false;
  skip(0);
  if (rest_.empty()) return Status::end;
  char quote = 0;
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (quote == 0 && is_blank(c)) break;
    rest_.remove_prefix(1);
    if (quote == 0 && stop_ != 0 && c == stop_) {
      stopped_ = true;
      return Status::word;
    }
    if (c == '\\' && escapes_ != Escapes::keep) {
      if (read_escape()) continue;
      if (quote != 0 || escapes_ != Escapes::decode) return Status::unbalanced;
      saw_unknown_escape_ = true;
      word_ += c;
    } else if (quotes_ == Quotes::group && quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (quote != 0 && c == quote) {
      quote = 0;
    } else {
      word_ += c;
    }
  }
  if (quote != 0) return Status::unbalanced;
  skip(0);
  return Status::word;
}

std::optional<bool> parse_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 6> yes = {"1", "yes", "y", "true", "t", "on"};
  constexpr std::array<std::string_view, 6> no = {"0", "no", "n", "false", "f", "off"};
  const std::string lower = to_lower(text);
  for (const std::string_view word : yes) {
    if (lower == word) return true;
  }
  for (const std::string_view word : no) {
    if (lower == word) return false;
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> split_words(std::string_view value) {
  std::vector<std::string> words;
  WordReader reader(value, Escapes::decode, Quotes::group);
  WordReader::Status status = reader.next();
  for (; status == WordReader::Status::word; status = reader.next()) words.push_back(reader.word());
  if (status == WordReader::Status::unbalanced || reader.saw_unknown_escape()) return std::nullopt;
  return words;
}

}  // namespace addon::unit
