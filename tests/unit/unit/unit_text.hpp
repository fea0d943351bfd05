#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

inline FullName name_of(std::string_view text) { return *FullName::parse(text); }

/// Parses and analyses; the findings of both.
inline Analysis analyze_text(std::string_view text, std::string_view name = "probe.service") {
  ParsedUnit parsed = parse_unit(text, std::string(name));
  Analysis analysis = analyze(parsed.unit, name_of(name));
  analysis.findings.insert(analysis.findings.begin(), parsed.findings.begin(), parsed.findings.end());
  return analysis;
}

/// A service whose command is sound. The lines given start at line 3.
inline Analysis analyze_service(std::string_view lines, std::string_view name = "probe.service") {
  return analyze_text("[Service]\nExecStart=/bin/true\n" + std::string(lines), name);
}

inline std::string shown(const Finding& finding) {
  return std::string(finding.rule->id) + " " + to_string(finding.at) + ": " + finding.message +
         (finding.fix.empty() ? "" : "; " + finding.fix);
}

inline std::vector<std::string> shown(const std::vector<Finding>& findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) lines.push_back(shown(finding));
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace addon::unit
