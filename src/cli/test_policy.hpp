#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "core/finding.hpp"
#include "core/json.hpp"
#include "policy/expectations.hpp"

namespace addon::cli {

/// How one case ended.
struct TestedCase {
  policy::TestCase test;
  std::vector<policy::Difference> differences;  ///< none: it passed
};

struct TestedPolicy {
  std::vector<TestedCase> cases;
  std::vector<Finding> findings;  ///< what kept a case from being judged; it counts as failed
};

/// Judges the cases of these files. A case without a policy is judged by that of the options.
TestedPolicy test_policy(const std::vector<std::string>& files, const GlobalOptions& options,
                         std::chrono::sys_days today);

Json to_json(const TestedCase& tested);
std::string render(const TestedCase& tested, const Palette& palette);

}  // namespace addon::cli
