#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/addon_id.hpp"
#include "core/finding.hpp"
#include "plan/step.hpp"
#include "policy/scopes.hpp"

namespace addon::policy {

/// One thing that a step would give an add-on.
struct Request {
  const Rule* rule;     ///< of the finding when no line allows it
  std::string subject;  ///< as decisions name it, and what makes two requests the same one
  std::string asks;     ///< after "no policy line allows "
  SourceSpan at;
  std::string pointer;
  std::string entry;  ///< what to add to the policy, and where: "CAP_BPF to capabilities.allow"
};

/// Collects what is decided while the steps of a plan are judged: decisions for each step, findings for
/// the plan. What an add-on asks for twice is one finding, in the first place that asks.
class Verdicts {
 public:
  /// Writes down the ruling on a request of a step.
  void record(plan::Step& step, const AddonId& addon, const Request& request, const Ruling& ruling);

  /// Writes down a finding of its own kind.
  void refuse(const AddonId& addon, const std::string& subject, Finding finding);

  /// Whether that was refused to the add-on before.
  bool has_refused(const AddonId& addon, const std::string& subject) const;

  std::vector<Finding> take_findings();

 private:
  std::set<std::string> refused_;
  std::vector<Finding> findings_;
};

/// "add CAP_BPF to capabilities.allow, or to a grant for packet-probe".
std::string fix_by_adding(const std::string& entry, const AddonId& addon);

/// "; grant NAME did until 2026-01-31" where a grant has expired that would have allowed it, else "".
std::string expiry_note(const Ruling& ruling);

}  // namespace addon::policy
