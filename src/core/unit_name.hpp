#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace addon {
inline namespace core {

/// The name of a systemd unit that an add-on may bring: a plain .service or .timer.
///
/// systemd.unit(5) allows letters, digits and ":-_.\" before the suffix, up to 255 characters.
/// This is stricter: no leading '-' (an option to systemctl) or '.' (ignored by systemd), no
/// '\' and no ',' (separators in places), and no '@': templates are instances of nothing here.
class UnitName {
 public:
  static Result<UnitName> parse(std::string_view text);

  const std::string& str() const { return text_; }
  /// With the dot: ".service" or ".timer".
  std::string_view suffix() const;
  bool is_timer() const { return suffix() == ".timer"; }
  auto operator<=>(const UnitName&) const = default;

 private:
  explicit UnitName(std::string_view text) : text_(text) {}
  std::string text_;
};

}  // namespace core
}  // namespace addon
