#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "unit/full_name.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

using StatedList = Stated<std::vector<std::string>>;

/// The assignments to a list, in the unit's order, under its name and under one that it had in
/// earlier versions of systemd ("": none).
std::vector<const Directive*> assignments(const UnitFile& unit, std::string_view key,
                                          std::string_view old_key);

/// A list of paths with the prefixes - and + before them, as in ReadWritePaths=. systemd.exec(5).
StatedList read_paths(const UnitFile& unit, const FullName& name, std::string_view key,
                      std::string_view old_key, std::vector<Finding>& findings);

/// One path, as in RootDirectory=. "" when there is none.
Stated<std::string> read_path(const UnitFile& unit, const FullName& name, std::string_view key,
                              std::vector<Finding>& findings);

/// Names below a directory of the system, as in StateDirectory=; sorted, without the links to them.
StatedList read_directories(const UnitFile& unit, const FullName& name, std::string_view key,
                            std::vector<Finding>& findings);

/// BindPaths= and BindReadOnlyPaths=, of which an empty one resets both. Each is
/// "[-]SOURCE:DESTINATION:rbind" or the same with norbind.
struct Binds {
  StatedList writable;
  StatedList read_only;
};
Binds read_binds(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings);

/// DeviceAllow= as "/dev/null rw", sorted. systemd.resource-control(5).
StatedList read_devices(const UnitFile& unit, const FullName& name, std::vector<Finding>& findings);

}  // namespace addon::unit
