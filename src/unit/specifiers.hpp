#pragma once

#include <string>
#include <string_view>

#include "unit/full_name.hpp"

namespace addon::unit {

/// Text with its specifiers resolved as systemd 252 does it for a system unit (systemd.unit(5),
/// "Specifiers"): those of the unit's name, of root and of the system's directories.
struct Resolved {
  std::string text;
  /// The first that only the host could tell ("%H", or "%i" of a template), which stays as it is; or "".
  std::string left;
  /// The first that systemd does not know ("%F"), or that this unit's name has no value for; or "".
  /// systemd then refuses the text as a whole.
  std::string refused;
};

/// A '%' before anything but a letter or digit stands for itself, and "%%" for one.
Resolved resolve_specifiers(std::string_view text, const FullName& name);

}  // namespace addon::unit
