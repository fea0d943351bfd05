#pragma once

#include <string>
#include <vector>

#include "cli/lint/baseline.hpp"
#include "cli/lint/subject.hpp"
#include "cli/report.hpp"

namespace addon::cli {

/// Findings that belong to no target, one subject for each file, in the order in which they are met.
/// Without findings there is none.
std::vector<LintSubject> subjects_of(std::vector<Finding> findings, LintSubject::Kind kind);

/// The exit code: that of a run whose errors are the findings that count and reach `fail_on`.
int exit_code(const std::vector<LintSubject>& subjects, Severity fail_on);

/// "1 error, 2 warnings in 3 manifests; 1 ignored, 4 in the baseline"
std::string conclude(const LintResult& result);

/// {"manifests", "errors", "warnings", "notes", "ignored", "baseline"}: the middle ones of what counts.
Json summary(const LintResult& result);

}  // namespace addon::cli
