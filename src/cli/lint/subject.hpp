#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/finding.hpp"

namespace addon::cli {

/// Why a finding does not count.
struct Suppression {
  enum class Kind { ignored, baseline };
  Kind kind = Kind::ignored;
  std::string reason;  ///< the comment's; empty for a baseline
  SourceSpan at;       ///< of the comment
};

struct LintFinding {
  Finding finding;
  std::string path{};         ///< report_path() of its file
  std::string fingerprint{};  ///< the same for the same mistake, wherever its line moves
  std::optional<Suppression> suppression{};

  bool counts() const { return !suppression; }
};

/// What may hold comments for lint.
struct LintText {
  enum class Kind { yaml, unit };
  std::string file;
  Kind kind = Kind::yaml;

  bool operator==(const LintText&) const = default;
};

/// One thing that lint looked at: a manifest, a bundle, a policy file, or an operand that is none.
struct LintSubject {
  enum class Kind { manifest, bundle, policy, unusable };
  Kind kind = Kind::manifest;
  std::string name;             ///< as the user named it, or below what they named
  std::string path{};           ///< report_path() of that
  bool understood = true;       ///< nothing kept lint from looking at all of it
  std::vector<LintText> texts;  ///< whose comments are heard
  std::vector<LintFinding> findings;
};

/// The findings, sorted and each of them once.
std::vector<LintFinding> as_lint_findings(std::vector<Finding> findings);

/// What came of a run of lint.
struct LintResult {
  std::vector<LintSubject> subjects;
  std::size_t manifests = 0;
  Severity fail_on = Severity::error;
  int exit = 0;

  /// Every finding, in order.
  std::vector<const LintFinding*> all() const;
};

/// Whether a severity is at least as bad as another.
inline bool reaches(Severity severity, Severity threshold) { return severity <= threshold; }

}  // namespace addon::cli
