#include "unit/full_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace addon::unit {

namespace {
constexpr std::array<std::string_view, 11> suffixes = {".service", ".socket",    ".target", ".device",
                                                       ".mount",   ".automount", ".swap",   ".timer",
                                                       ".path",    ".slice",     ".scope"};
constexpr std::string_view characters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";
constexpr std::size_t longest = 255;
}  // namespace

std::optional<FullName> FullName::parse(std::string_view text) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || text.size() > longest || text.front() == '@')
    return std::nullopt;
  if (text.find_first_not_of(characters) != std::string_view::npos) return std::nullopt;
  if (std::find(suffixes.begin(), suffixes.end(), text.substr(dot)) == suffixes.end()) return std::nullopt;
  return FullName(std::string(text));
}

std::string_view FullName::suffix() const { return std::string_view(text_).substr(text_.rfind('.')); }

std::string_view FullName::stem() const { return std::string_view(text_).substr(0, text_.rfind('.')); }

std::string_view FullName::prefix() const { return stem().substr(0, stem().find('@')); }

std::string_view FullName::instance() const {
  const auto at = stem().find('@');
  return at == std::string_view::npos ? std::string_view() : stem().substr(at + 1);
}

bool FullName::is_template() const { return stem().size() == prefix().size() + 1; }

FullName FullName::template_name() const { return FullName(fmt::format("{}@{}", prefix(), suffix())); }

FullName FullName::with_instance(std::string_view instance) const {
  return FullName(fmt::format("{}@{}{}", prefix(), instance, suffix()));
}

}  // namespace addon::unit
