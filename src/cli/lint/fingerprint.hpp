#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/lint/subject.hpp"

namespace addon::cli {

/// The file as reports and baselines call it, however the user named it: normalised, and relative
/// to the working directory where it is below that. Symlinks are not followed.
std::string report_path(const std::string& file, const std::string& working_directory);

/// What stays the same when lines are added above a mistake, or it is indented otherwise: SHA-256,
/// in hexadecimal, of rule, path, the text of its line without blanks around it, and which such finding of
/// the file it is. Stable across versions: baselines and SARIF consumers compare it.
std::string fingerprint(std::string_view rule, std::string_view path, std::string_view line,
                        std::size_t occurrence);

/// Sets the path of every subject, and path and fingerprint of every finding. Reads the files that they point
/// into.
void fingerprint(std::vector<LintSubject>& subjects);

}  // namespace addon::cli
