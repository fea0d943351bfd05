#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/rules.hpp"

namespace addon {
inline namespace core {

enum class ErrorKind;

/// A place in a text that a person can go to. Lines and columns count from 1; 0 means unknown.
/// Columns count Unicode code points.
struct SourceSpan {
  std::string file;
  int line = 0;
  int column = 0;

  bool operator==(const SourceSpan&) const = default;
};

/// "FILE:LINE:COLUMN", leaving out what is unknown.
std::string to_string(const SourceSpan& span);

/// The line of site policy that decided something.
struct PolicyRef {
  std::string file;
  int line = 0;
  std::string grant;  ///< name of the grant; empty for what holds for every add-on

  bool operator==(const PolicyRef&) const = default;
};

/// "FILE:LINE" or "FILE:LINE (grant NAME)".
std::string to_string(const PolicyRef& ref);

/// One thing that is wrong or worth knowing, in one place. One cause gives one finding.
struct Finding {
  const Rule* rule = nullptr;  ///< one of addon::rules; never null once made by make_finding
  Severity severity = Severity::error;
  std::string message;
  SourceSpan at;
  std::string pointer;  ///< RFC 6901 JSON pointer into the document, "" for its root or none
  std::string addon;    ///< id of the add-on it is about, if known
  std::optional<PolicyRef> policy;
  std::string fix;  ///< what to do about it, as an imperative; may be empty
};

/// A finding of the rule's own severity.
Finding make_finding(const Rule& rule, std::string message, SourceSpan at = {}, std::string pointer = {});

/// Whether any of them is an error.
bool has_errors(const std::vector<Finding>& findings);

/// The kind that a run which found these ends with: invalid where any error is about invalid
/// input, else failed, else denied. Precondition: not empty.
ErrorKind worst_kind(const std::vector<Finding>& findings);

/// By file, line, column, rule; without exact duplicates.
void sort_findings(std::vector<Finding>& findings);

}  // namespace core
}  // namespace addon
