#include "executor/layout.hpp"

namespace addon::executor {

RelativePath addons_dir() { return RelativePath::of({"opt", "addons"}); }

RelativePath addon_dir(const AddonId& id) { return addons_dir() / id.str(); }

RelativePath versions_dir(const AddonId& id) { return addon_dir(id) / "versions"; }

RelativePath version_dir(const AddonId& id, const Version& version) {
  return versions_dir(id) / version.str();
}

RelativePath units_dir() { return RelativePath::of({"etc", "systemd", "system"}); }

RelativePath drop_in_dir(const UnitName& unit) { return units_dir() / (unit.str() + ".d"); }

RelativePath config_dir() { return RelativePath::of({"etc", "addonctl"}); }

RelativePath overrides_dir() { return config_dir() / "overrides.d"; }

RelativePath state_dir() { return RelativePath::of({"var", "lib", "addonctl"}); }

RelativePath generations_dir() { return state_dir() / "generations"; }

RelativePath journal_dir() { return state_dir() / "journal"; }

}  // namespace addon::executor
