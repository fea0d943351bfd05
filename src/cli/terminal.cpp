#include "cli/terminal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "core/text.hpp"

namespace addon::cli {

namespace {
bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xc0U) == 0x80U; }

std::string_view sequence(Paint paint) {
  switch (paint) {
    case Paint::plain:
      return "";
    case Paint::bold:
      return "\x1b[1m";
    case Paint::dim:
      return "\x1b[2m";
    case Paint::red:
      return "\x1b[31m";
    case Paint::green:
      return "\x1b[32m";
    case Paint::yellow:
      return "\x1b[33m";
    case Paint::cyan:
      return "\x1b[36m";
  }
  return "";
}

// The bytes of the code point that starts at i, as far as continuation bytes follow.
std::string_view code_point(std::string_view text, std::size_t i) {
  std::size_t end = i + 1;
  while (end < text.size() && end - i < 4 && is_continuation(text[end])) ++end;
  return text.substr(i, end - i);
}
}  // namespace

std::string Palette::operator()(Paint paint, std::string_view text) const {
  if (use_ == Use::none || paint == Paint::plain) return std::string(text);
  return std::string(sequence(paint)) + std::string(text) + "\x1b[0m";
}

Palette palette_for(ColourMode mode, bool shows_colours) {
  if (mode == ColourMode::automatic)
    return Palette(shows_colours ? Palette::Use::colours : Palette::Use::none);
  return Palette(mode == ColourMode::always ? Palette::Use::colours : Palette::Use::none);
}

bool shows_colours(int descriptor) {
  // Nothing here changes the environment, and this is asked before there is another thread.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* no_colour = std::getenv("NO_COLOR");
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* term = std::getenv("TERM");
  const bool refused = no_colour != nullptr && *no_colour != '\0';
  const bool capable = term != nullptr && std::string_view(term) != "dumb";
  return !refused && capable && isatty(descriptor) == 1;
}

std::string one_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view point = code_point(text, i);
    if (point == "\t") {
      out += ' ';
    } else if (point == "\"" || point == "\\" || printable(point) == point) {
      out += point;
    } else {
      out += '?';
    }
    i += point.size();
  }
  return out;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string wrap(std::string_view text, std::size_t columns, std::size_t indent, std::size_t first) {
  std::string out;
  std::size_t used = first;
  bool at_start = true;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (!at_start && used + 1 + width(word) > columns) {
      out += '\n';
      out.append(indent, ' ');
      used = indent;
      at_start = true;
    }
    if (!at_start) {
      out += ' ';
      ++used;
    }
    out += word;
    used += width(word);
    at_start = false;
  }
  return out;
}

namespace {
std::vector<std::size_t> column_widths(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  return widths;
}

std::size_t longest_word(std::string_view text) {
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    longest = std::max(longest, width(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return longest;
}

std::string without_blanks_at_ends(const std::string& lines) {
  std::string out;
  for (const char c : lines) {
    if (c == '\n') out.erase(out.find_last_not_of(' ') + 1);
    out += c;
  }
  return out;
}
}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows) {
  const std::vector<std::size_t> widths = column_widths(rows);
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width(row[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

std::string wrapped_table(std::vector<std::vector<std::string>> rows) {
  constexpr std::size_t kLeast = 20;
  constexpr std::size_t kBeneath = 8;
  const std::vector<std::size_t> widths = column_widths(rows);
  std::size_t before_last = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + 2;
  if (before_last + kLeast > kScreenColumns) return table(rows);
  const std::size_t room = kScreenColumns - before_last;
  for (auto& row : rows) {
    if (row.empty() || row.size() != widths.size()) continue;
    std::string& last = row.back();
    last = longest_word(last) <= room
               ? wrap(last, kScreenColumns, before_last, before_last)
               : "\n" + std::string(kBeneath, ' ') + wrap(last, kScreenColumns, kBeneath, kBeneath);
  }
  return without_blanks_at_ends(table(rows));
}

}  // namespace addon::cli
