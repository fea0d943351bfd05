#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "document/yaml.hpp"

/// A finding as one line: "LINE:COLUMN rule-id POINTER: message | fix".
inline std::string line_of(const addon::Finding& finding) {
  std::string out = std::to_string(finding.at.line) + ":" + std::to_string(finding.at.column) + " ";
  out += finding.rule->id;
  out += finding.pointer.empty() ? "" : " " + finding.pointer;
  out += ": " + finding.message;
  out += finding.fix.empty() ? "" : " | " + finding.fix;
  return out;
}

inline std::vector<std::string> lines_of(const std::vector<addon::Finding>& findings) {
  std::vector<std::string> lines;
  for (const addon::Finding& finding : findings) lines.push_back(line_of(finding));
  return lines;
}

/// What parse_yaml says about text that it must refuse.
inline std::vector<std::string> refusals(std::string_view text, const addon::document::Limits& limits = {}) {
  const auto document = addon::document::parse_yaml(text, "t.yaml", limits);
  REQUIRE_FALSE(document);
  CHECK(document.error().kind() == addon::ErrorKind::invalid);
  for (const addon::Finding& finding : document.error().findings()) CHECK(finding.at.file == "t.yaml");
  return lines_of(document.error().findings());
}

inline addon::document::Document parsed(std::string_view text) {
  auto document = addon::document::parse_yaml(text, "t.yaml");
  if (!document) FAIL(document.error().message());
  return *std::move(document);
}
