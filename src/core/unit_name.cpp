#include "core/unit_name.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace addon {
inline namespace core {

std::string_view UnitName::suffix() const { return std::string_view(text_).substr(text_.rfind('.')); }

Result<UnitName> UnitName::parse(std::string_view text) {
  const auto fail = [&](std::string_view why) {
    return tl::unexpected(
        Error(fmt::format("{} is not a unit name that an add-on may use: {}", quoted(text), why),
              ErrorKind::invalid));
  };
  const auto dot = text.rfind('.');
  const std::string_view suffix = dot == std::string_view::npos ? "" : text.substr(dot);
  if (suffix != ".service" && suffix != ".timer") return fail("it must end in .service or .timer");
  if (dot == 0) return fail("nothing stands before its suffix");
  if (text.size() > 255) return fail("it is longer than 255 characters");
  if (text.front() == '-' || text.front() == '.') return fail("it must start with a letter or digit");
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '-' || c == '_' || c == '.';
  };
  if (!std::all_of(text.begin(), text.end(), is_allowed)) {
    return fail("use letters, digits, ':', '-', '_' and '.' only");
  }
  return UnitName(text);
}

}  // namespace core
}  // namespace addon
