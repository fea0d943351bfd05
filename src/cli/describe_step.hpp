#pragma once

#include <string>
#include <vector>

#include "core/json.hpp"

namespace addon::cli {

/// One policy line and all that it allows in a step.
struct Allowance {
  std::string by;  ///< "/etc/addonctl/policy.yaml:5 (grant probes)"
  std::vector<std::string> subjects;
};

/// A step of a plan in words, from its public JSON; each of them for one line.
struct StepText {
  std::string sign{};    ///< "+", "~", "-", "?" of a later version's step; "" for who allows it alone
  std::string label{};   ///< what kind of thing it changes
  std::string change{};  ///< which, from what to what
  std::vector<std::string> details{};   ///< what a unit may do once it runs, and the like
  std::vector<Allowance> allowances{};  ///< each policy line that allows it
};

StepText describe_step(const Json& step);

/// What a step that writes the registry does to the entry of one add-on, and which line allows it.
StepText describe_entry(const Json& step, const std::string& addon);

}  // namespace addon::cli
