#pragma once

#include <string>
#include <vector>

#include "bundle/survey.hpp"
#include "bundle/units.hpp"
#include "core/finding.hpp"
#include "manifest/manifest.hpp"

namespace addon::bundle {

/// Findings about files that would come to nothing: any beside the manifest and the config_schema of a
/// compiled-in add-on, and units where systemd does not supervise the program.
std::vector<Finding> check_unused(const Survey& survey, const std::string& source,
                                  const manifest::Manifest& manifest, const ReadUnits& units);

}  // namespace addon::bundle
