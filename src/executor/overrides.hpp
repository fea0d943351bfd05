#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// What the host's local override makes of a bundle.
struct Overridden {
  bool is_disabled = false;
  /// A note that it is disabled and by which line; or errors: an override that nobody but root can be trusted
  /// to have written, or that cannot be understood, leaves the add-on as if it were not wanted.
  std::vector<Finding> findings;
};

/// Patches the bundle's manifest by /etc/addonctl/overrides.d/ID.yaml below `root`, if there is one.
Result<Overridden> apply_local_override(bundle::Bundle& bundle, const host::Directory& root);

}  // namespace addon::executor
