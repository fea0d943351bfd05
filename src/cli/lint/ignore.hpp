#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/lint/subject.hpp"

namespace addon::cli {

/// A comment "addonctl: ignore RULE REASON".
struct Ignore {
  SourceSpan at;  ///< of the comment
  int line = 0;   ///< which it speaks of; 0 for none
  const Rule* rule = nullptr;
  std::string reason;
};

struct Ignores {
  std::vector<Ignore> ignores;    ///< those to be heard, in order
  std::vector<Finding> findings;  ///< those that are not: no reason, no such rule, a denial
};

/// The ignores of a text. In YAML a comment behind something speaks of its own line; one that
/// stands alone, of the next line that is neither blank nor such a comment. Comments of units
/// stand alone always (systemd.syntax(7)). Of more than 1,000 in a text the first are heard.
Ignores find_ignores(std::string_view text, const LintText& where);

/// Whether policy refuses by this rule: no comment in the file that asks can take that back.
bool is_denial(const Rule& rule);

/// Marks the findings that comments of the subject's texts ignore, and adds what is wrong with
/// these comments. For lint only: what changes a host never asks it.
void honour_ignores(LintSubject& subject);

}  // namespace addon::cli
