// Whether somebody vouches for a version whom the site believes.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "core/text.hpp"
#include "policy/judge_steps.hpp"

namespace addon::policy {

namespace {

/// Where the step's add-on was asked for, as far as the step knows.
SourceSpan place_of(const plan::Action& action, const AddonId& addon) {
  if (const auto* stage = std::get_if<plan::Stage>(&action)) return stage->at;
  if (const auto* install = std::get_if<plan::InstallUnit>(&action)) return install->name.at;
  if (const auto* drop_in = std::get_if<plan::InstallDropIn>(&action)) {
    return drop_in->directives.empty() ? SourceSpan{} : drop_in->directives.front().at;
  }
  if (const auto* capabilities = std::get_if<plan::SetCapabilities>(&action)) {
    return capabilities->asked.empty() ? SourceSpan{} : capabilities->asked.front().at;
  }
  if (const auto* dir = std::get_if<plan::MakeStateDir>(&action)) return dir->path.at;
  if (const auto* registry = std::get_if<plan::UpdateRegistry>(&action)) {
    for (const plan::RegistryChange& change : registry->changes) {
      if (change.addon == addon && change.terms) return change.terms->version_at;
    }
  }
  const plan::Terms* terms = plan::terms_in(action);
  return terms != nullptr ? terms->version_at : SourceSpan{};
}

std::string names_of(const std::vector<Line<std::string>>& keys) {
  std::vector<std::string> names;
  for (const Line<std::string>& key : keys) names.push_back(printable(key.value));
  return join(names, " or ");
}

/// "a trusted key", or those that the policy lists.
std::string wanted_keys(const SitePolicy& policy) {
  return policy.signature_keys.empty() ? "a trusted key" : names_of(policy.signature_keys);
}

Finding unsigned_addon(const Bench& bench, const Vouching& vouching, const PolicyRef& line) {
  Finding finding = make_finding(
      rules::policy_signature,
      fmt::format("{} requires {} to be signed, and it is not", to_string(line), bench.addon.str()));
  finding.fix = fmt::format("have the bundle signed by {}", wanted_keys(bench.policy));
  if (vouching.once == nullptr) return finding;
  finding.message =
      fmt::format("{} requires {} to be signed, and the key {} ({}) that signed it is not trusted any more",
                  to_string(line), bench.addon.str(), vouching.once->key, vouching.once->key_id);
  finding.fix = fmt::format(
      "apply a bundle signed by {}; or put the key back into trusted-keys, if it is to "
      "vouch for what is installed",
      wanted_keys(bench.policy));
  return finding;
}

Finding other_key(const Bench& bench, const bundle::Signer& signer, const PolicyRef& line) {
  Finding finding =
      make_finding(rules::policy_signature,
                   fmt::format("{} requires a signature by {}, and {} is signed by {}", to_string(line),
                               wanted_keys(bench.policy), bench.addon.str(), signer.key));
  finding.fix = fmt::format("have the bundle signed by {}, or add {} to signatures.keys",
                            wanted_keys(bench.policy), signer.key);
  return finding;
}

}  // namespace

void judge_signature(Bench& bench, const Vouching& vouching) {
  const SitePolicy& policy = bench.policy;
  const SourceSpan at = place_of(bench.step.action, bench.addon);
  const std::string what = vouching.now == nullptr ? "required" : "by " + vouching.now->key;
  const std::string subject = vouching.now == nullptr ? "signature" : "signature " + what;
  const Request request{&rules::policy_signature, "signature", what, subject, subject, at};
  if (policy.signatures_required.empty()) {
    if (vouching.now != nullptr)
      bench.verdicts.note_free(bench.addon, request, "genuine, and no line requires one");
    return;
  }
  Ruling ruling;
  ruling.allowed_by = policy.signatures_required.front();
  const auto& keys = policy.signature_keys;
  const auto listed = std::find_if(keys.begin(), keys.end(), [&](const Line<std::string>& key) {
    return vouching.now != nullptr && key.value == vouching.now->key;
  });
  if (listed != keys.end()) ruling.allowed_by = listed->at;
  if (vouching.now != nullptr && (keys.empty() || listed != keys.end()))
    return bench.verdicts.record(bench.step, bench.addon, request, ruling);
  const PolicyRef line = vouching.now == nullptr ? policy.signatures_required.front() : keys.front().at;
  Finding finding =
      vouching.now == nullptr ? unsigned_addon(bench, vouching, line) : other_key(bench, *vouching.now, line);
  finding.at = at;
  finding.policy = line;
  bench.verdicts.refuse(bench.addon, request, std::move(finding), "signature");
}

}  // namespace addon::policy
