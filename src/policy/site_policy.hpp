#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bundle/signature.hpp"
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
  int column = 0;
};

/// A directive that units must have, and the values that will do.
struct Requirement {
  std::string directive;
  std::vector<std::string> values;
};

/// What a scope (the whole site, or one grant) says. Each allows but the three that take away:
/// capabilities_deny, forbid and require.
struct Allowances {
  std::vector<Line<Capability>> capabilities_allow;
  std::vector<Line<Capability>> capabilities_deny;
  std::vector<Line<manifest::Supervision>> supervision;
  std::vector<Line<manifest::Delivery>> delivery;
  std::vector<Line<std::string>> run_as;
  std::optional<Line<bool>> allow_dynamic_user;
  std::vector<Line<std::string>> unit_names;  ///< globs
  std::vector<Line<std::string>> exec_prefixes;
  std::vector<Line<std::string>> exec_paths;  ///< globs
  std::vector<Line<std::string>> references;  ///< globs
  std::vector<Line<std::string>> forbid;      ///< names of directives
  std::vector<Line<Requirement>> require;
  std::vector<Line<std::string>> state_dirs;  ///< globs
  std::vector<Line<std::string>> root_files;  ///< globs
};

/// More, for some add-ons.
struct Grant {
  std::string name;
  std::vector<Line<std::string>> ids;  ///< globs; an add-on matches one of them
  /// Names of keys, by one of which the add-on must be signed; absent: it need not be. What a grant takes
  /// away holds for every add-on that its ids match.
  std::optional<std::vector<Line<std::string>>> signed_by{};
  Allowances allowances;
  std::optional<std::chrono::year_month_day> expires;  ///< last day on which it holds, UTC
  SourceSpan expires_at;
  std::string reason;
  PolicyRef at;
};

/// What only the site can say. Of several lines the strictest counts.
struct Limits {
  std::vector<Line<std::uint64_t>> artifact_bytes;
  std::vector<Line<std::uint64_t>> files;
};

enum class Downgrade { deny, allow };

/// A program that says which version of the base agent a host has.
struct VersionCommand {
  std::vector<std::string> words;  ///< the first is an absolute path without '.' and '..'
  PolicyRef at;
};

/// The site policy: all files together. Nothing is allowed that no line allows; a deny wins over
/// every allow, wherever either stands.
struct SitePolicy {
  std::vector<std::string> names;  ///< `policy:` of each file
  Allowances site;
  std::vector<Grant> grants;
  Limits limits;
  std::vector<Line<Downgrade>> downgrade;
  std::vector<PolicyRef> signatures_required;     ///< lines that say so
  std::vector<Line<std::string>> signature_keys;  ///< where one is required: whose will do; empty: any
  /// By which signatures are believed. No file of the policy has them; the caller adds them.
  std::vector<bundle::TrustedKey> keys;
  std::optional<VersionCommand> base_agent{};
  /// Of every file's text, whatever order they were read in. Part of each plan's digest.
  Digest digest;

  /// A policy that allows nothing: what holds where there is no policy file.
  static SitePolicy nothing();
};

/// Whether any line allows the path, for whatever add-on: else nobody need look at what stands there.
bool could_allow_state_dir(const SitePolicy& policy, const std::string& path);
bool could_allow_program(const SitePolicy& policy, const std::string& path);

struct PolicyFile {
  std::string file;  ///< the name that findings and decisions show
  std::string text;
};

struct ParsedPolicy {
  std::optional<SitePolicy> policy;  ///< absent when findings hold an error
  std::vector<Finding> findings;
};

/// YAML texts -> SitePolicy. Every finding of every file. An unknown capability is an error (rule
/// policy-invalid), as is a grant without name or match, or two grants of one name, and what looks like a
/// misspelt directive.
ParsedPolicy parse_policy(const std::vector<PolicyFile>& files);

/// Warnings about the grants that have expired, or will within 30 days of `today`.
std::vector<Finding> expiring_grants(const SitePolicy& policy, std::chrono::sys_days today);

}  // namespace addon::policy
