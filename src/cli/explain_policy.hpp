#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/read_addon.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "core/json.hpp"
#include "policy/verdict.hpp"

namespace addon::cli {

/// What the policy says to each thing that one add-on asks for.
struct ExplainedAddon {
  std::string id;
  std::string version;
  std::string place;  ///< the manifest or bundle, or where the version is installed
  std::vector<policy::Verdict> verdicts;
};

/// The active version of the add-on as it is installed below the root, signed by whom its record says, if the
/// key is one of these. Error: usage where it is not active.
Result<ReadAddon> read_active(const AddonId& id, Session& session, std::string& place,
                              std::span<const bundle::TrustedKey> keys);

Json to_json(const policy::Verdict& verdict);

/// A table for 80 columns, by the file that asks.
std::string render(const ExplainedAddon& addon, const Palette& palette);

/// "12 allowed, 2 denied".
std::string count_verdicts(const std::vector<ExplainedAddon>& addons);

}  // namespace addon::cli
