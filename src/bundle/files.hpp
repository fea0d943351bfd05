#pragma once

#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"
#include "core/finding.hpp"

namespace addon::bundle {

/// Findings about files that the manifest names and the bundle lacks, and about files that a `files:`
/// list leaves out. Reads nothing.
std::vector<Finding> check_files(const Survey& survey, const std::string& source,
                                 const manifest::Manifest& manifest, const std::vector<UnitName>& units);

struct StagedFiles {
  std::vector<BundleFile> files;  ///< sorted by path; empty unless the delivery stages them
  std::vector<Finding> findings;  ///< those that could not be read
};

/// The files that belong to the add-on, hashed if `contents` says so, with the mode that each gets.
/// Precondition: the bundle has no error so far, so that nothing hostile is read for long.
StagedFiles stage_files(const Survey& survey, Reader& reader, const std::string& source,
                        const manifest::Manifest& manifest, Contents contents);

}  // namespace addon::bundle
