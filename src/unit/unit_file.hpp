#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"

namespace addon::unit {

/// One assignment of a unit file, after continuation lines are joined. systemd.syntax(7).
struct Directive {
  std::string section;
  std::string key;
  std::string value;  ///< trimmed; "" resets lists
  SourceSpan at;      ///< of the key
};

/// A unit's text as systemd reads it: comments (also between continued lines) gone, lines joined,
/// in order. Unknown sections and keys are kept.
struct UnitFile {
  std::string file;
  std::vector<Directive> directives;

  /// Every assignment of the key, in order.
  std::vector<const Directive*> all(std::string_view section, std::string_view key) const;
  /// The last assignment, or null.
  const Directive* last(std::string_view section, std::string_view key) const;
};

struct ParsedUnit {
  UnitFile unit;
  /// Encoding, NUL and control characters, lines without '=', assignments outside a section.
  std::vector<Finding> findings;
};

/// Parses unit text. Never fails as a whole: what systemd would skip with a warning is a finding
/// here, because a plan must mean what it says.
ParsedUnit parse_unit(std::string_view text, std::string file);

/// A boolean as systemd reads it (1/yes/y/true/t/on, 0/no/n/false/f/off, any case); nullopt for other text.
std::optional<bool> parse_boolean(std::string_view text);

/// Words of a value split as systemd splits them: blanks separate, '…' and "…" group, C-style
/// escapes. nullopt when the quoting is unbalanced or an escape is unknown.
std::optional<std::vector<std::string>> split_words(std::string_view value);

}  // namespace addon::unit
