#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/terminal.hpp"
#include "core/finding.hpp"

namespace addon::cli {

/// Lines of the files that findings point into, read when they are first asked for. A file that
/// cannot be read, is no regular file or is larger than 1 MiB has no lines.
class SourceLines {
 public:
  /// The line, or "" where there is none. Lines count from 1.
  std::string_view line(const std::string& file, int number);

 private:
  std::map<std::string, std::vector<std::string>> files_;
};

/// A finding for people:
///
///   error[schema-unknown-key]: unknown key "capabilites"; did you mean "capabilities"?
///     --> probe/addon.yaml:12:1
///      |
///   12 | capabilites: [x]
///      | ^^^^^^^^^^^
///     policy: /etc/addonctl/policy.yaml:5 (grant probes)
///     fix: …
std::string render(const Finding& finding, SourceLines& sources, const Palette& palette);

/// All of them, with empty lines between.
std::string render(const std::vector<Finding>& findings, const Palette& palette);

/// "3 errors, 1 warning", leaving out what there is none of; "no findings".
std::string count_findings(const std::vector<Finding>& findings);

}  // namespace addon::cli
