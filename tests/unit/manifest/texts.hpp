#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/manifest.hpp"

/// The smallest manifest that is valid, on lines that tests can count on.
inline constexpr std::string_view valid_text = R"(id: probe
name: Probe
version: 1.4.2
kind: native
delivery: pushed-artifact
supervision: systemd-service
capabilities: [probing]
config_schema: config.schema.json
requires: {}
exec: {binary: probe}
)";

/// The valid manifest with one line replaced, and text added at its end.
inline std::string manifest_with(std::string_view line, std::string_view replacement,
                                 std::string_view added = "") {
  std::string text(valid_text);
  const std::size_t at = text.find(line);
  REQUIRE(at != std::string::npos);
  text.replace(at, line.size(), replacement);
  return text + std::string(added);
}

inline std::string manifest_and(std::string_view added) {
  return std::string(valid_text) + std::string(added);
}

/// Findings as "LINE:COLUMN rule-id POINTER: message | fix", warnings with "(warning)".
inline std::vector<std::string> faults(std::string_view text) {
  const addon::manifest::ParsedManifest parsed = addon::manifest::parse_manifest(text, "addon.yaml");
  CHECK(parsed.manifest.has_value() != addon::has_errors(parsed.findings));
  std::vector<std::string> lines;
  for (const addon::Finding& finding : parsed.findings) {
    CHECK(finding.at.file == "addon.yaml");
    std::string line = std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + " ";
    line += finding.rule->id;
    line += finding.severity == addon::Severity::warning ? " (warning)" : "";
    line += finding.pointer.empty() ? "" : " " + finding.pointer;
    line += ": " + finding.message;
    line += finding.fix.empty() ? "" : " | " + finding.fix;
    lines.push_back(line);
  }
  return lines;
}

inline addon::manifest::Manifest manifest_of(std::string_view text) {
  addon::manifest::ParsedManifest parsed = addon::manifest::parse_manifest(text, "addon.yaml");
  for (const addon::Finding& finding : parsed.findings) UNSCOPED_INFO(finding.message);
  REQUIRE(parsed.manifest);
  return *std::move(parsed.manifest);
}
