#pragma once

#include <string>

#include "cli/lint/subject.hpp"
#include "cli/terminal.hpp"
#include "core/json.hpp"

namespace addon::cli {

/// SARIF 2.1.0 (OASIS), one run. Rules are those that a result refers to. Findings that do not
/// count are results with a suppression: inSource by a comment, external by a baseline.
Json to_sarif(const LintResult& result, std::string_view version);

/// JUnit XML: a test case for each manifest and bundle, and for whatever else has findings. Each
/// finding that lint fails on is a failure; the others are in the case's output.
std::string to_junit(const LintResult& result);

/// GitHub workflow commands, one a line: error, warning and notice. Only what counts.
std::string to_github(const LintResult& result);

/// The findings of addonctl's JSON: those that do not count have "ignored" ({"reason", "line"}) or
/// "baseline": true.
Json findings_json(const LintResult& result);

/// Those that do not count, for people.
std::string render_suppressed(const LintResult& result, const Palette& palette);

}  // namespace addon::cli
