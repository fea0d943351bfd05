#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "manifest/manifest.hpp"

namespace addon::manifest {

/// What an administrator changes of one add-on on one host: /etc/addonctl/overrides.d/ID.yaml. Whatever is
/// absent stays as the manifest has it.
struct LocalOverride {
  std::string file;
  std::optional<SourceSpan> disabled_at;         ///< where it says `enabled: false`
  std::optional<std::vector<std::string>> args;  ///< in place of the manifest's
  std::vector<std::string> append_args;          ///< behind them
  std::optional<Resources> resources;            ///< its members in place of the manifest's
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<std::chrono::milliseconds> stable_for;
  std::optional<Sourced<std::string>> run_as;
};

struct ParsedOverride {
  std::optional<LocalOverride> local;  ///< absent when findings hold an error
  std::vector<Finding> findings;       ///< all of them, sorted
};

/// YAML text -> LocalOverride: schema first, then what no schema can say. Every finding is reported.
ParsedOverride parse_override(std::string_view text, const std::string& file);

/// Makes the manifest what the override makes of it; what changes is said to stand in the override's file,
/// so that policy's findings point there. Findings: what contradicts the rest of the manifest.
std::vector<Finding> apply_override(const LocalOverride& local, Manifest& manifest);

}  // namespace addon::manifest
