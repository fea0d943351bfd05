#include "policy/verdicts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/text.hpp"
#include "policy/policy_reader.hpp"

namespace addon::policy {

namespace {

std::string key_of(const AddonId& addon, const std::string& subject) { return addon.str() + " " + subject; }

Finding not_allowed(const AddonId& addon, const Request& request, const Ruling& ruling) {
  Finding finding = make_finding(*request.rule,
                                 fmt::format("no policy line allows {}{}", request.asks, expiry_note(ruling)),
                                 request.at, request.pointer);
  finding.policy = ruling.expired;
  finding.fix = ruling.expired ? fmt::format("renew grant {}, or {}", quoted(ruling.expired->grant),
                                             fix_by_adding(request.entry, addon))
                               : fix_by_adding(request.entry, addon);
  return finding;
}

Finding denied(const Request& request, const PolicyRef& by) {
  Finding finding =
      make_finding(rules::policy_capability_denied, fmt::format("{} denies {}", to_string(by), request.asks),
                   request.at, request.pointer);
  finding.policy = by;
  finding.fix = fmt::format("do without it: no allow and no grant outweighs the deny at {}", to_string(by));
  return finding;
}

}  // namespace

std::string fix_by_adding(const std::string& entry, const AddonId& addon) {
  return fmt::format("add {}, or to a grant for {}", entry, addon.str());
}

std::string expiry_note(const Ruling& ruling) {
  if (!ruling.expired) return "";
  return fmt::format("; grant {} did until {}", quoted(ruling.expired->grant), to_string(ruling.expired_on));
}

void Verdicts::record(plan::Step& step, const AddonId& addon, const Request& request, const Ruling& ruling) {
  if (ruling.denied_by) return refuse(addon, request.subject, denied(request, *ruling.denied_by));
  if (!ruling.allowed_by) return refuse(addon, request.subject, not_allowed(addon, request, ruling));
  const bool known = std::any_of(step.allowed_by.begin(), step.allowed_by.end(),
                                 [&](const auto& decision) { return decision.subject == request.subject; });
  if (!known) step.allowed_by.push_back({request.subject, request.at, *ruling.allowed_by});
}

void Verdicts::refuse(const AddonId& addon, const std::string& subject, Finding finding) {
  if (!refused_.insert(key_of(addon, subject)).second) return;
  finding.addon = addon.str();
  findings_.push_back(std::move(finding));
}

bool Verdicts::has_refused(const AddonId& addon, const std::string& subject) const {
  return refused_.contains(key_of(addon, subject));
}

std::vector<Finding> Verdicts::take_findings() {
  // Not sort_findings(): two add-ons may be refused the same in the same words, and both must be told.
  const auto place = [](const Finding& finding) {
    return std::tie(finding.at.file, finding.at.line, finding.at.column, finding.rule->id);
  };
  std::stable_sort(findings_.begin(), findings_.end(),
                   [&](const Finding& a, const Finding& b) { return place(a) < place(b); });
  return std::move(findings_);
}

}  // namespace addon::policy
