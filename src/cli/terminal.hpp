#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.hpp"

namespace addon::cli {

/// What output for people keeps to, but for words that are longer.
inline constexpr std::size_t kScreenColumns = 80;

enum class Paint { plain, bold, dim, red, green, yellow, cyan };

/// Colours text with ECMA-48 sequences, or leaves it as it is.
class Palette {
 public:
  enum class Use { none, colours };
  explicit Palette(Use use = Use::none) : use_(use) {}
  std::string operator()(Paint paint, std::string_view text) const;

 private:
  Use use_;
};

/// Whether colours are welcome: the descriptor is a terminal that is not "dumb", and NO_COLOR is unset or
/// empty (no-color.org).
bool shows_colours(int descriptor);

/// The palette for a stream: by the mode, or, where that is automatic, as the stream shows colours.
Palette palette_for(ColourMode mode, bool shows_colours);

/// Text for one line on a terminal: as it is but for control characters, invalid UTF-8 and marks
/// that turn the writing direction, which become '?', and tabs, which become blanks.
std::string one_line(std::string_view text);

/// How many columns text takes: its code points.
std::size_t width(std::string_view text);

/// Breaks text at blanks so that no line passes `columns`; lines after the first start with `indent` blanks,
/// which count. A word that is too long stands alone. `first` columns of the first line are taken.
std::string wrap(std::string_view text, std::size_t columns, std::size_t indent, std::size_t first);

/// Rows with their columns aligned, two blanks between them, none at the end of a line.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// The same with the last column broken at blanks to keep to kScreenColumns, where that leaves it room; else
/// as it is.
std::string wrapped_table(std::vector<std::vector<std::string>> rows);

}  // namespace addon::cli
