#include "core/addon_id.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"

namespace addon {
inline namespace core {

Result<AddonId> AddonId::parse(std::string_view text) {
  const auto is_start = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto is_inner = [&](char c) { return is_start(c) || c == '.' || c == '_' || c == '-'; };
  const bool valid = !text.empty() && text.size() <= 64 && is_start(text.front()) &&
                     std::all_of(text.begin(), text.end(), is_inner) &&
                     text.find("..") == std::string_view::npos;
  if (!valid) {
    return tl::unexpected(Error(
        fmt::format("{} is not an add-on id: use 1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a "
                    "letter or digit, without '..'",
                    quoted(text)),
        ErrorKind::invalid));
  }
  return AddonId(text);
}

}  // namespace core
}  // namespace addon
