#pragma once

#include "core/json.hpp"
#include "unit/install.hpp"
#include "unit/load.hpp"
#include "unit/privileges.hpp"

namespace addon::unit {

/// A unit with all that is known of it. docs/units.md describes the keys.
struct AnalyzedUnit {
  LoadedUnit loaded;
  Privileges privileges;
  Install install;
  std::vector<Finding> findings;  ///< of text and values
};

AnalyzedUnit analyze(LoadedUnit loaded);

/// Keys with a capital have the name and meaning of a property of `systemctl show`. Without findings.
Json to_json(const AnalyzedUnit& unit);

}  // namespace addon::unit
