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

std::string fix_for(const AddonId& addon, const Request& request, const Ruling& ruling) {
  if (ruling.withheld) return fmt::format("have the bundle signed by {}", ruling.withheld_for);
  if (request.entry.empty()) return request.otherwise;
  const std::string adding = fix_by_adding(request.entry, addon);
  return ruling.expired ? fmt::format("renew grant {}, or {}", quoted(ruling.expired->grant), adding)
                        : adding;
}

Finding not_allowed(const AddonId& addon, const Request& request, const Ruling& ruling) {
  Finding finding =
      make_finding(*request.rule, fmt::format("no policy line allows {}{}", request.asks, grant_note(ruling)),
                   request.at, request.pointer);
  finding.policy = ruling.withheld ? ruling.withheld : ruling.expired;
  finding.fix = fix_for(addon, request, ruling);
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

/// Precondition: the ruling does not allow it.
Finding refusal_of(const AddonId& addon, const Request& request, const Ruling& ruling) {
  return ruling.denied_by ? denied(request, *ruling.denied_by) : not_allowed(addon, request, ruling);
}

Verdict verdict_on(const AddonId& addon, const Request& request) {
  Verdict verdict;
  verdict.addon = addon.str();
  verdict.kind = request.kind;
  verdict.what = request.what;
  verdict.subject = request.subject;
  verdict.at = request.at;
  verdict.pointer = request.pointer;
  verdict.rule = request.rule;
  return verdict;
}

Verdict refused(const AddonId& addon, const Request& request, const Finding& finding) {
  Verdict verdict = verdict_on(addon, request);
  verdict.rule = finding.rule;
  verdict.policy = finding.policy;
  verdict.why = finding.message;
  verdict.fix = finding.fix;
  return verdict;
}

}  // namespace

std::string fix_by_adding(const Entry& entry, const AddonId& addon) {
  return fmt::format("add {}, or to a grant for {}", entry.in_words(), addon.str());
}

std::string grant_note(const Ruling& ruling) {
  if (ruling.withheld) {
    return fmt::format("; grant {} does, for what {} has signed", quoted(ruling.withheld->grant),
                       ruling.withheld_for);
  }
  if (!ruling.expired) return "";
  return fmt::format("; grant {} did until {}", quoted(ruling.expired->grant), to_string(ruling.expired_on));
}

void Verdicts::record(plan::Step& step, const AddonId& addon, const Request& request, const Ruling& ruling) {
  note(addon, request, ruling);
  if (!ruling.allows()) return tell(addon, request.subject, refusal_of(addon, request, ruling));
  const bool known = std::any_of(step.allowed_by.begin(), step.allowed_by.end(), [&](const auto& decision) {
    return decision.subject == request.subject && decision.addon == addon.str();
  });
  if (!known) step.allowed_by.push_back({request.subject, request.at, *ruling.allowed_by, addon.str()});
}

void Verdicts::note(const AddonId& addon, const Request& request, const Ruling& ruling) {
  if (ruling.allows()) {
    Verdict verdict = verdict_on(addon, request);
    verdict.allowed = true;
    verdict.policy = ruling.allowed_by;
    return add(std::move(verdict));
  }
  Verdict verdict = refused(addon, request, refusal_of(addon, request, ruling));
  if (!ruling.denied_by && !ruling.withheld) verdict.entry = request.entry;
  add(std::move(verdict));
}

void Verdicts::note_free(const AddonId& addon, const Request& request, std::string why) {
  Verdict verdict = verdict_on(addon, request);
  verdict.allowed = true;
  verdict.why = std::move(why);
  add(std::move(verdict));
}

void Verdicts::refuse(const AddonId& addon, const Request& request, Finding finding, const std::string& key) {
  add(refused(addon, request, finding));
  tell(addon, key, std::move(finding));
}

void Verdicts::refuse(const AddonId& addon, const Request& request, Finding finding) {
  refuse(addon, request, std::move(finding), request.subject);
}

void Verdicts::tell(const AddonId& addon, const std::string& key, Finding finding) {
  if (!refused_.insert(key_of(addon, key)).second) return;
  finding.addon = addon.str();
  findings_.push_back(std::move(finding));
}

void Verdicts::add(Verdict verdict) {
  const SourceSpan& at = verdict.at;
  const auto [place, is_new] = known_.emplace(verdict.addon, verdict.kind, verdict.subject, at.file, at.line,
                                              at.column, verdict.allowed);
  if (is_new) verdicts_.push_back(std::move(verdict));
}

bool Verdicts::has_refused(const AddonId& addon, const std::string& key) const {
  return refused_.contains(key_of(addon, key));
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
