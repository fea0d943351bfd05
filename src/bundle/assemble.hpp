#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/parser.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"
#include "core/path.hpp"
#include "core/result.hpp"

namespace addon::bundle {

/// Whether a file at the top of a bundle may be its manifest: addon.yaml, or NAME.addon.yaml.
bool is_manifest_name(std::string_view name);

/// The one that is: addon.yaml, else the only NAME.addon.yaml. Errors: a finding bundle-manifest-missing or
/// -ambiguous that calls the bundle `what` ("the directory").
Result<RelativePath> choose_manifest(const std::vector<std::string>& names, const std::string& source,
                                     std::string_view what);

/// A bundle of what was surveyed, with every check that it does not matter for where it comes from: manifest,
/// units, files that are missing or nobody names. It has no `directory` yet. Precondition: the survey is
/// complete.
ReadBundle assemble(Survey survey, Reader& reader, const RelativePath& manifest, const std::string& source,
                    Contents contents, Parser& parser);

/// No bundle, for these reasons.
ReadBundle unusable(std::vector<Finding> findings);

}  // namespace addon::bundle
