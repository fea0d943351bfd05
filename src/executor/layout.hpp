#pragma once

#include <string_view>

#include "core/addon_id.hpp"
#include "core/path.hpp"
#include "core/unit_name.hpp"
#include "core/version.hpp"

namespace addon::executor {

// Where things stand on a host, relative to its root. Contract: docs/reference.md, "Files".
RelativePath addons_dir();                     ///< opt/addons
RelativePath addon_dir(const AddonId& id);     ///< opt/addons/ID
RelativePath versions_dir(const AddonId& id);  ///< opt/addons/ID/versions
RelativePath version_dir(const AddonId& id, const Version& version);
RelativePath units_dir();                        ///< etc/systemd/system
RelativePath drop_in_dir(const UnitName& unit);  ///< etc/systemd/system/UNIT.d
RelativePath config_dir();                       ///< etc/addonctl
RelativePath overrides_dir();                    ///< etc/addonctl/overrides.d
RelativePath state_dir();                        ///< var/lib/addonctl
RelativePath generations_dir();                  ///< var/lib/addonctl/generations
RelativePath journal_dir();                      ///< var/lib/addonctl/journal

// Beside the directory of generations.
inline constexpr std::string_view kAuditLog = "audit.log";
inline constexpr std::string_view kAuditHead = "audit.head";
inline constexpr std::string_view kRegistry = "registry.json";

}  // namespace addon::executor
