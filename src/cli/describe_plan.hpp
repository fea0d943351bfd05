#pragma once

#include <string>
#include <vector>

#include "cli/describe_step.hpp"
#include "core/json.hpp"

namespace addon::cli {

/// What a plan does to one add-on, in words; each of them for one line.
struct AddonText {
  std::string sign{};    ///< "+", "~", "-", or "!" where the host does not support it
  std::string id{};      ///< "" for what concerns the host as a whole
  std::string change{};  ///< "add", "update", "remove", "unchanged", "unsupported"
  std::string from{};    ///< a version, or ""
  std::string to{};
  std::string signer{};  ///< name of the key, or ""
  std::vector<StepText> steps{};
};

/// A plan's add-ons that something is done to, from its public JSON (the object at "plan") and nothing else,
/// so that a saved plan shows what it says. The host is last.
std::vector<AddonText> describe_plan(const Json& plan);

/// Whether it changes nothing at all.
bool is_without_changes(const Json& plan);

/// "1 to add, 0 to update, 0 to remove, 2 unchanged"
std::string summary_text(const Json& plan);

}  // namespace addon::cli
