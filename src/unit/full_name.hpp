#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/unit_name.hpp"

namespace addon::unit {

/// The name of any unit that systemd would load or make units of (systemd.unit(5)): plain, a
/// template ("probe@.service") or an instance of one ("probe@eth0.service"). Wider than UnitName,
/// which is what an add-on may bring. Safe as one path segment.
class FullName {
 public:
  static std::optional<FullName> parse(std::string_view text);
  // A name that an add-on may use is a name.
  FullName(const UnitName& name) : text_(name.str()) {}  // NOLINT(google-explicit-constructor)

  const std::string& str() const { return text_; }
  std::string_view suffix() const;    ///< with the dot: ".service"
  std::string_view stem() const;      ///< without the suffix
  std::string_view prefix() const;    ///< what stands before the '@', or the stem
  std::string_view instance() const;  ///< "" for a template and for a plain name
  bool is_template() const;
  bool is_instance() const { return !instance().empty(); }
  bool is_timer() const { return suffix() == ".timer"; }

  /// "probe@.service" for an instance. Precondition: is_instance().
  FullName template_name() const;
  /// The instance of that name. Preconditions: is_template(), and `instance` is that of a FullName.
  FullName with_instance(std::string_view instance) const;

  auto operator<=>(const FullName&) const = default;

 private:
  explicit FullName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace addon::unit
