#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/bundle_sources.hpp"
#include "client/protocol.hpp"
#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace addon::cli {

/// Bundles, opened as their caller may open them, for a process that may open none of them by its name.
struct HandedOver {
  std::vector<UniqueFd> files;
  std::vector<client::Source> sources;
};

/// Opens archives, packs directories into one file in memory, and finds the artifact of a manifest that has
/// some and whose program is not beside it: below `artifacts_below` if that is given. Errors: as
/// open_sources(); those of a bundle that cannot be packed are what is wrong with it.
Result<HandedOver> hand_over(const std::vector<SourceName>& sources,
                             const std::optional<std::string>& artifacts_below);

}  // namespace addon::cli
