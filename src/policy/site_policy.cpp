#include "policy/site_policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/text.hpp"
#include "document/schema.hpp"
#include "policy/policy_reader.hpp"

namespace addon::policy {

namespace {

Digest digest_of_texts(const std::vector<PolicyFile>& files) {
  std::vector<std::string> digests;
  for (const PolicyFile& file : files) digests.push_back(Digest::of(file.text).hex());
  std::sort(digests.begin(), digests.end());
  return Digest::of(join(digests, "\n"));
}

template <class T>
void append(std::vector<T>& to, std::vector<T> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

void merge(Allowances& to, Allowances from) {
  append(to.capabilities_allow, std::move(from.capabilities_allow));
  append(to.capabilities_deny, std::move(from.capabilities_deny));
  append(to.supervision, std::move(from.supervision));
  append(to.delivery, std::move(from.delivery));
  append(to.run_as, std::move(from.run_as));
  append(to.unit_names, std::move(from.unit_names));
  append(to.exec_prefixes, std::move(from.exec_prefixes));
  append(to.exec_paths, std::move(from.exec_paths));
  append(to.references, std::move(from.references));
  append(to.forbid, std::move(from.forbid));
  append(to.require, std::move(from.require));
  append(to.state_dirs, std::move(from.state_dirs));
  append(to.root_files, std::move(from.root_files));
  // Files only add to each other, so a file that says false takes nothing back.
  const bool already = to.allow_dynamic_user && to.allow_dynamic_user->value;
  if (from.allow_dynamic_user && !already) to.allow_dynamic_user = std::move(from.allow_dynamic_user);
}

void add_grant(SitePolicy& policy, Grant grant, const SourceSpan& at, std::string pointer,
               std::vector<Finding>& findings) {
  const auto same = std::find_if(policy.grants.begin(), policy.grants.end(),
                                 [&](const Grant& other) { return other.name == grant.name; });
  if (same != policy.grants.end() && !grant.name.empty()) {
    Finding finding = make_finding(rules::policy_invalid,
                                   fmt::format("grant {} is defined twice: the other is at {}:{}",
                                               quoted(grant.name), same->at.file, same->at.line),
                                   at, std::move(pointer));
    finding.fix = "give each grant a name of its own";
    findings.push_back(std::move(finding));
  }
  policy.grants.push_back(std::move(grant));
}

void read_file(const document::Document& document, SitePolicy& policy, std::vector<Finding>& findings) {
  PolicyReader reader(document, findings);
  const Place root{&document.root, ""};
  if (const Place name = root["policy"]; name.node != nullptr) policy.names.push_back(name.node->text);
  merge(policy.site, reader.allowances(root, ""));
  reader.read_site(root, policy);
  for (const Place& place : root["grants"].items()) {
    Grant grant = reader.grant(place);
    add_grant(policy, std::move(grant), document.span(*place.node), place.pointer, findings);
  }
}

}  // namespace

SitePolicy SitePolicy::nothing() {
  SitePolicy policy;
  policy.digest = digest_of_texts({});
  return policy;
}

ParsedPolicy parse_policy(const std::vector<PolicyFile>& files) {
  ParsedPolicy parsed;
  SitePolicy policy;
  policy.digest = digest_of_texts(files);
  for (const PolicyFile& file : files) {
    const auto document = document::load(file.text, file.file, document::site_policy_schema());
    if (document) {
      read_file(*document, policy, parsed.findings);
    } else {
      append(parsed.findings, document.error().findings());
    }
  }
  sort_findings(parsed.findings);
  if (!has_errors(parsed.findings)) parsed.policy = std::move(policy);
  return parsed;
}

std::vector<Finding> expiring_grants(const SitePolicy& policy, std::chrono::sys_days today) {
  constexpr std::chrono::days kNotice{30};
  std::vector<Finding> findings;
  for (const Grant& grant : policy.grants) {
    if (!grant.expires) continue;
    const std::chrono::sys_days last = *grant.expires;
    if (last > today + kNotice) continue;
    Finding finding =
        make_finding(rules::policy_grant_expired,
                     fmt::format("grant {} {} on {}", quoted(grant.name),
                                 last < today ? "expired" : "expires", to_string(*grant.expires)),
                     grant.expires_at);
    finding.policy = grant.at;
    finding.fix = "renew it, or remove it if it is no longer needed";
    findings.push_back(std::move(finding));
  }
  return findings;
}

namespace {
bool could_allow(const SitePolicy& policy, std::vector<Line<std::string>> Allowances::*patterns,
                 const std::string& path) {
  const auto allows = [&](const Allowances& scope) {
    return std::any_of((scope.*patterns).begin(), (scope.*patterns).end(),
                       [&](const Line<std::string>& line) { return glob_match(line.value, path); });
  };
  return allows(policy.site) || std::any_of(policy.grants.begin(), policy.grants.end(),
                                            [&](const Grant& grant) { return allows(grant.allowances); });
}
}  // namespace

bool could_allow_state_dir(const SitePolicy& policy, const std::string& path) {
  return could_allow(policy, &Allowances::state_dirs, path);
}

bool could_allow_program(const SitePolicy& policy, const std::string& path) {
  return could_allow(policy, &Allowances::exec_paths, path);
}

}  // namespace addon::policy
