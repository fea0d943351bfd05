#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/addon_id.hpp"
#include "core/result.hpp"
#include "plan/generation.hpp"

namespace addon::cli {

/// Ids as given on the command line. Error: kind usage.
Result<std::set<AddonId>> parse_ids(const std::vector<std::string>& texts);

/// Nothing when the generation has all of them; else an error of kind usage that suggests a
/// recorded one.
Result<> check_recorded(const std::set<AddonId>& ids, const plan::Generation& generation);

}  // namespace addon::cli
