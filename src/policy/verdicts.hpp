#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/addon_id.hpp"
#include "core/finding.hpp"
#include "plan/step.hpp"
#include "policy/scopes.hpp"
#include "policy/verdict.hpp"

namespace addon::policy {

/// One thing that a step would give an add-on.
struct Request {
  const Rule* rule;       ///< of the finding when no line allows it
  std::string_view kind;  ///< as verdicts name it
  std::string what;
  std::string subject;  ///< as decisions name it, and what makes two requests the same one
  std::string asks;     ///< after "no policy line allows "
  SourceSpan at;
  std::string pointer = {};
  Entry entry = {};            ///< what to add to the policy; empty where no line could allow it
  std::string otherwise = {};  ///< what to do where that is so
};

/// Collects what is decided while the steps of a plan are judged: decisions for each step, verdicts and
/// findings for the plan. What an add-on asks for twice is one finding, in the first place that asks.
class Verdicts {
 public:
  /// Writes down the ruling on a request of a step.
  void record(plan::Step& step, const AddonId& addon, const Request& request, const Ruling& ruling);

  /// Only the verdict: of a part of what is told as a whole, or what has been told already, or what a line
  /// that takes away lets pass.
  void note(const AddonId& addon, const Request& request, const Ruling& ruling);

  /// The verdict on what needs no line; `why` says so.
  void note_free(const AddonId& addon, const Request& request, std::string why);

  /// A refusal in its own words, and the verdict that goes with it. It is told once for each `key`.
  void refuse(const AddonId& addon, const Request& request, Finding finding, const std::string& key);
  void refuse(const AddonId& addon, const Request& request, Finding finding);

  /// A finding whose parts have been noted.
  void tell(const AddonId& addon, const std::string& key, Finding finding);

  /// Whether that was refused to the add-on before.
  bool has_refused(const AddonId& addon, const std::string& key) const;

  std::vector<Finding> take_findings();
  /// One for each place in which something is asked for, in the order of asking.
  std::vector<Verdict> take_verdicts() { return std::move(verdicts_); }

 private:
  void add(Verdict verdict);

  std::set<std::string> refused_;
  std::vector<Finding> findings_;
  std::vector<Verdict> verdicts_;
  std::set<std::tuple<std::string, std::string_view, std::string, std::string, int, int, bool>> known_;
};

/// "add CAP_BPF to capabilities.allow, or to a grant for packet-probe".
std::string fix_by_adding(const Entry& entry, const AddonId& addon);

/// "; grant NAME did until 2026-01-31" where a grant has expired that would have allowed it; "; grant NAME
/// does for what release has signed" where one is for that; else "".
std::string grant_note(const Ruling& ruling);

}  // namespace addon::policy
