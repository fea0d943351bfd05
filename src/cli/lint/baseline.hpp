#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/lint/subject.hpp"
#include "core/result.hpp"

namespace addon::cli {

/// A finding that was there before, and does not count until it is dealt with.
struct BaselineEntry {
  std::string file;  ///< its report_path()
  std::string rule;
  std::string fingerprint;

  auto operator<=>(const BaselineEntry&) const = default;
};

/// {"schema": "addonctl.baseline/v1", "findings": [{"file", "fingerprint", "rule"}, …]}. Error: kind
/// invalid, naming the file and what is wrong with it.
Result<std::vector<BaselineEntry>> parse_baseline(std::string_view text, const std::string& file);
Result<std::vector<BaselineEntry>> read_baseline(const std::string& file);

/// The entries of all findings that a baseline may hold and that no comment ignores.
std::vector<BaselineEntry> baseline_of(const std::vector<LintSubject>& subjects);

/// The same entries give the same bytes: sorted, each once, a line for each key.
std::string to_text(std::vector<BaselineEntry> entries);

/// Marks the findings that are in the baseline. Those that say that lint could not look at
/// something count always. Gives the entries that nothing matches any more, as far as these
/// operands (report paths) could have shown it: below them, and not where a text could not be read as YAML.
std::vector<BaselineEntry> apply_baseline(const std::vector<BaselineEntry>& baseline,
                                          const std::vector<std::string>& operands,
                                          std::vector<LintSubject>& subjects);

}  // namespace addon::cli
