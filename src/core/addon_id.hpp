#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace addon {
inline namespace core {

/// The name of an add-on: ^[a-z0-9][a-z0-9._-]{0,63}$ without "..". Safe as one path segment.
class AddonId {
 public:
  static Result<AddonId> parse(std::string_view text);

  const std::string& str() const { return text_; }
  auto operator<=>(const AddonId&) const = default;

 private:
  explicit AddonId(std::string_view text) : text_(text) {}
  std::string text_;
};

}  // namespace core
}  // namespace addon
