#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "policy/site_policy.hpp"

namespace addon::policy::test {

/// One line of a policy, as a value that can be drawn at random.
struct Fact {
  std::string section;        ///< "capabilities"
  std::string key;            ///< "allow"
  std::string value;          ///< as in the text; of units.require "ProtectSystem: [strict]"
  std::string grant_id = {};  ///< the add-ons of the grant that it stands in; "" for the site's own
  bool expired = false;       ///< the grant's last day is past

  bool takes_away() const { return key == "deny" || key == "forbid" || key == "require"; }
};

/// How a counterexample shows it.
void showValue(const Fact& fact, std::ostream& out);

/// Every line that the properties draw from, as the site's own.
const std::vector<Fact>& all_facts();

/// A policy file that says these. Each fact of a grant has a grant of its own, whose names begin so.
PolicyFile file_of(const std::vector<Fact>& facts, const std::string& name);

/// The policy of these files. Fails the test when there is a finding.
SitePolicy policy_of(const std::vector<PolicyFile>& files);

/// The day on which the properties are judged; grants that have expired did so before it.
inline constexpr std::chrono::sys_days today = std::chrono::year(2026) / 6 / 15;

/// Each request in words, with whether the policy allows it.
using Verdicts = std::vector<std::pair<std::string, bool>>;

/// Asks for everything that the facts can allow, one thing at a time and several together, for two add-ons.
Verdicts verdicts(const SitePolicy& policy, std::chrono::sys_days day = today);

/// The same requests as plans: each alone, and all together as the last.
const std::vector<plan::Plan>& all_plans();

}  // namespace addon::policy::test
