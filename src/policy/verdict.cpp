#include "policy/verdict.hpp"

#include <fmt/format.h>

namespace addon::policy {

std::string Entry::in_words() const { return fmt::format("{} to {}", value, list); }

std::string Entry::as_yaml() const {
  const std::size_t dot = list.find('.');
  // A key with its value stands in the mapping itself.
  if (dot == std::string::npos) return fmt::format("{}: {{{}}}", list, value);
  return fmt::format("{}: {{{}: [{}]}}", list.substr(0, dot), list.substr(dot + 1), value);
}

}  // namespace addon::policy
