#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/capability.hpp"
#include "core/digest.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "document/node.hpp"
#include "manifest/manifest.hpp"

namespace addon::policy {

/// One entry of an allow or deny list, and where it stands.
template <class T>
struct Line {
  T value{};
  PolicyRef at;
};

/// What a scope (the whole site, or one grant) adds to what is allowed.
struct Allowances {
  std::vector<Line<Capability>> capabilities_allow;
  std::vector<Line<Capability>> capabilities_deny;
  std::vector<Line<manifest::Supervision>> supervision;
  std::vector<Line<manifest::Delivery>> delivery;
  std::vector<Line<std::string>> run_as;
  std::optional<Line<bool>> allow_dynamic_user;
  std::vector<Line<std::string>> unit_names;  ///< globs
  std::vector<Line<std::string>> exec_prefixes;
};

/// More, for some add-ons.
struct Grant {
  std::string name;
  std::vector<Line<std::string>> ids;  ///< globs; an add-on matches one of them
  Allowances allowances;
  std::optional<std::chrono::year_month_day> expires;  ///< last day on which it holds, UTC
  SourceSpan expires_at;
  std::string reason;
  PolicyRef at;
};

/// The site policy: all files together. Nothing is allowed that no line allows; a deny wins over
/// every allow, wherever either stands.
struct SitePolicy {
  std::vector<std::string> names;  ///< `policy:` of each file
  Allowances site;
  std::vector<Grant> grants;
  /// Of every file's text, whatever order they were read in. Part of each plan's digest.
  Digest digest;

  /// A policy that allows nothing: what holds where there is no policy file.
  static SitePolicy nothing();
};

struct PolicyFile {
  std::string file;  ///< the name that findings and decisions show
  std::string text;
};

struct ParsedPolicy {
  std::optional<SitePolicy> policy;  ///< absent when findings hold an error
  std::vector<Finding> findings;
};

/// YAML texts -> SitePolicy. Every finding of every file. An unknown capability is an error (rule
/// policy-invalid), as is a grant without name or match, or two grants of one name. A restriction that
/// the schema knows and this version does not enforce is a warning of the same rule. A grant that is bound
/// to a signature allows nothing, because this version checks none; its denies hold.
ParsedPolicy parse_policy(const std::vector<PolicyFile>& files);

/// Warnings about the grants that have expired, or will within 30 days of `today`.
std::vector<Finding> expiring_grants(const SitePolicy& policy, std::chrono::sys_days today);

}  // namespace addon::policy
