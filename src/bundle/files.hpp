#pragma once

#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"
#include "core/finding.hpp"

namespace addon::bundle {

struct ChosenFiles {
  std::vector<BundleFile> files;  ///< sorted by path; empty unless the delivery stages them
  std::vector<Finding> findings;
};

/// The files that belong to the add-on, hashed, with the mode that each gets. Findings: files that the
/// manifest names and the bundle lacks, and files that a `files:` list leaves out.
ChosenFiles choose_files(const Survey& survey, Reader& reader, const std::string& source,
                         const manifest::Manifest& manifest, const std::vector<UnitName>& units);

}  // namespace addon::bundle
