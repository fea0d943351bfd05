#pragma once

#include <string>
#include <vector>

#include "core/finding.hpp"
#include "unit/full_name.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// A symlink that enabling a unit makes below /etc/systemd/system.
struct InstallLink {
  std::string path;    ///< "multi-user.target.wants/probe.service"
  std::string target;  ///< "/etc/systemd/system/probe.service"

  auto operator<=>(const InstallLink&) const = default;
};

/// A word by which a unit names another one, its specifiers resolved. What that makes of it need
/// not be a unit's name: it is what the unit says.
struct Reference {
  std::string directive;  ///< "OnFailure", "Alias", …
  std::string unit;
  SourceSpan at;
};

/// What a unit's [Install] section and its references to other units say.
struct Install {
  std::vector<Stated<std::string>> wanted_by;
  std::vector<Stated<std::string>> required_by;
  std::vector<Stated<std::string>> also;
  std::vector<Stated<std::string>> alias;
  /// A timer's Unit= (the .service of the timer's own name when unset). "" for a service.
  Stated<std::string> activates;
  /// All that the unit names, those above included.
  std::vector<Reference> references;
};
Install read_install(const UnitFile& unit, const FullName& name);

/// The links that `systemctl enable` makes for WantedBy= and RequiredBy=, sorted.
/// Precondition: no Alias= and no Also=, which policy refuses (rule policy-unit-reference).
std::vector<InstallLink> install_links(const Install& install, const FullName& name);

}  // namespace addon::unit
