#pragma once

#include <string>
#include <vector>

#include "core/finding.hpp"

namespace addon::cli {

/// One thing to be looked at by lint.
struct LintTarget {
  enum class Kind { manifest, bundle, archive };
  Kind kind = Kind::manifest;
  std::string path;      ///< as the user named it, or below what they named
  std::string manifest;  ///< path of the manifest: `path` itself where that is one, or an archive
};

struct LintTargets {
  std::vector<LintTarget> targets;  ///< in the order of the operands, below each by name
  std::vector<Finding> findings;    ///< operands that hold nothing, or cannot be read
};

/// What the operands mean. A file is an archive of a bundle (see is_archive_file()) or a manifest. A
/// directory with addon.yaml, or with one
/// *.addon.yaml only, is a bundle. Any other directory stands for all of these in it and below it; archives
/// there are those by name (*.tar.gz, *.tgz, *.tar.zst). Symlinks below an operand are not followed, and
/// nothing is looked at twice: what several operands reach, by whatever name, stands where it is first met; a
/// manifest that is a bundle's is the bundle.
LintTargets find_lint_targets(const std::vector<std::string>& operands);

}  // namespace addon::cli
