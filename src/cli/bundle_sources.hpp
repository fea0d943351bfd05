#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/finding.hpp"
#include "core/result.hpp"
#include "executor/prepare.hpp"

namespace addon::cli {

/// A bundle by the two names it has: where it is for this process, and what plans call it.
struct SourceName {
  std::string path;
  std::string name;
};

/// The bundle that an operand of plan or apply names: a directory, or the directory of a manifest.
/// With a plan file the name of a relative path is relative to that file's directory, so that both
/// can move together.
SourceName name_source(const std::string& operand, const std::string& plan_file);

/// Where a saved plan's bundle is: relative names from the plan's directory. With `below` each is
/// looked for there instead, by its own name if it is absolute or leads upwards.
SourceName locate_source(const std::string& name, const std::string& plan_file,
                         const std::optional<std::string>& below);

/// Opens each. An error has a finding bundle-unreadable for every one that cannot be opened.
Result<std::vector<executor::BundleSource>> open_sources(const std::vector<SourceName>& sources);

/// Makes findings name files by where they are for this process.
void show_paths(std::vector<Finding>& findings, const std::vector<SourceName>& sources);

}  // namespace addon::cli
