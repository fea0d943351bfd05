#include "policy/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "core/text.hpp"
#include "policy/directives.hpp"
#include "policy/patterns.hpp"

namespace addon::policy {

namespace {

/// One line, whatever list it stands in.
struct Stated {
  std::string value;  ///< what is compared
  std::string shown;
  PolicyRef at;
  int column;
  const Grant* grant;  ///< null for the site's own
};

SourceSpan span_of(const Stated& line) { return {line.at.file, line.at.line, line.column}; }

enum class Effect { allows, takes_away };
enum class Values { words, patterns };

/// All lines of one kind, the site's own first.
struct List {
  std::string key;  ///< "capabilities.allow"
  Effect effect = Effect::allows;
  Values values = Values::words;
  std::vector<Stated> lines{};
};

/// Whether whoever may have signed for `narrow` may have for `wide`.
bool takes_all_signers_of(const Grant& wide, const Grant& narrow) {
  if (!wide.signed_by) return true;
  if (!narrow.signed_by) return false;
  return std::all_of(narrow.signed_by->begin(), narrow.signed_by->end(), [&](const auto& key) {
    return std::any_of(wide.signed_by->begin(), wide.signed_by->end(),
                       [&](const auto& other) { return other.value == key.value; });
  });
}

/// Whether `wide` speaks about every add-on that `narrow` speaks about.
bool is_for_all_of(const Grant* wide, const Grant* narrow) {
  if (wide == nullptr || wide == narrow) return true;
  if (narrow == nullptr || !takes_all_signers_of(*wide, *narrow)) return false;
  return std::all_of(narrow->ids.begin(), narrow->ids.end(), [&](const auto& id) {
    return std::any_of(wide->ids.begin(), wide->ids.end(),
                       [&](const auto& other) { return covers(other.value, id.value); });
  });
}

bool lasts_as_long(const Grant* wide, const Grant* narrow) {
  if (wide == nullptr || wide == narrow || !wide->expires) return true;
  return narrow != nullptr && narrow->expires &&
         std::chrono::sys_days(*wide->expires) >= std::chrono::sys_days(*narrow->expires);
}

class Check {
 public:
  Check(const SitePolicy& policy, std::chrono::sys_days today) : policy_(policy), today_(today) {}

  std::vector<Finding> run() && {
    check_denied_capabilities();
    for (const List& list : lists()) check_redundant(list);
    check_dynamic_user();
    check_limit("limits.artifact_bytes", policy_.limits.artifact_bytes);
    check_limit("limits.files", policy_.limits.files);
    check_downgrade();
    check_keys();
    check_patterns();
    for (Finding& finding : expiring_grants(policy_, today_)) findings_.push_back(std::move(finding));
    sort_findings(findings_);
    return std::move(findings_);
  }

 private:
  bool is_over(const Grant& grant) const {
    return grant.expires && std::chrono::sys_days(*grant.expires) < today_;
  }

  /// Calls it with the site's part, then with each grant's. A deny outlives its grant.
  template <class Use>
  void each_scope(Effect effect, const Use& use) const {
    use(policy_.site, static_cast<const Grant*>(nullptr));
    for (const Grant& grant : policy_.grants) {
      if (effect == Effect::takes_away || !is_over(grant)) use(grant.allowances, &grant);
    }
  }

  template <class T, class Text>
  List list_of(std::string key, Effect effect, Values values, std::vector<Line<T>> Allowances::*lines,
               const Text& text) const {
    List list{std::move(key), effect, values};
    each_scope(effect, [&](const Allowances& scope, const Grant* grant) {
      for (const Line<T>& line : scope.*lines) {
        const std::string value(text(line.value));
        list.lines.push_back({value, printable(value), line.at, line.column, grant});
      }
    });
    return list;
  }

  std::vector<List> lists() const {
    const auto same = [](const std::string& value) { return value; };
    const auto name = [](Capability capability) { return capability.name(); };
    const auto allow = [&](std::string key, Values values,
                           std::vector<Line<std::string>> Allowances::*lines) {
      return list_of(std::move(key), Effect::allows, values, lines, same);
    };
    return {
        list_of("capabilities.allow", Effect::allows, Values::words, &Allowances::capabilities_allow, name),
        list_of("capabilities.deny", Effect::takes_away, Values::words, &Allowances::capabilities_deny, name),
        list_of("supervision.allow", Effect::allows, Values::words, &Allowances::supervision,
                [](auto value) { return manifest::to_string(value); }),
        list_of("delivery.allow", Effect::allows, Values::words, &Allowances::delivery,
                [](auto value) { return manifest::to_string(value); }),
        allow("run_as.allow", Values::words, &Allowances::run_as),
        allow("units.names", Values::patterns, &Allowances::unit_names),
        allow("units.exec_prefixes", Values::words, &Allowances::exec_prefixes),
        allow("units.exec_paths", Values::patterns, &Allowances::exec_paths),
        allow("units.references", Values::patterns, &Allowances::references),
        list_of("units.forbid", Effect::takes_away, Values::words, &Allowances::forbid,
                [](const std::string& value) { return preferred_name(value); }),
        allow("paths.root_files", Values::patterns, &Allowances::root_files),
        allow("paths.state_dirs", Values::patterns, &Allowances::state_dirs)};
  }

  void warn(const Rule& rule, std::string message, SourceSpan at, const PolicyRef& because, std::string fix) {
    Finding finding = make_finding(rule, std::move(message), std::move(at));
    finding.policy = because;
    finding.fix = std::move(fix);
    findings_.push_back(std::move(finding));
  }

  void check_denied_capabilities() {
    const std::vector<List> all = lists();
    for (const Stated& allow : all[0].lines) {
      const auto deny = std::find_if(all[1].lines.begin(), all[1].lines.end(), [&](const Stated& line) {
        return line.value == allow.value && is_for_all_of(line.grant, allow.grant);
      });
      if (deny == all[1].lines.end()) continue;
      denied_.insert({allow.at.file, allow.at.line, allow.column});
      warn(rules::policy_allow_denied,
           fmt::format("{} is allowed here, and {} denies it: a deny wins", allow.shown, to_string(deny->at)),
           span_of(allow), deny->at, fmt::format("remove the allow, or the deny at {}", to_string(deny->at)));
    }
  }

  /// Whether the line changes nothing as long as the other one stands.
  static bool is_void_by(const List& list, const Stated& line, const Stated& other) {
    const bool says_it =
        list.values == Values::patterns ? covers(other.value, line.value) : other.value == line.value;
    return says_it && is_for_all_of(other.grant, line.grant) &&
           (list.effect == Effect::takes_away || lasts_as_long(other.grant, line.grant));
  }

  void check_redundant(const List& list) {
    for (std::size_t i = 0; i < list.lines.size(); ++i) {
      const Stated& line = list.lines[i];
      if (denied_.contains({line.at.file, line.at.line, line.column})) continue;
      for (std::size_t j = 0; j < list.lines.size(); ++j) {
        const Stated& other = list.lines[j];
        if (i == j || !is_void_by(list, line, other)) continue;
        // Of two that say the same the first is the one that counts.
        if (j > i && is_void_by(list, other, line)) continue;
        warn_redundant(list, line, other);
        break;
      }
    }
  }

  void warn_redundant(const List& list, const Stated& line, const Stated& other) {
    const char* verb = list.effect == Effect::allows ? "allows"
                       : list.key == "units.forbid"  ? "forbids"
                                                     : "denies";
    const std::string what = other.shown == line.shown ? "it" : other.shown;
    warn(rules::policy_line_redundant,
         fmt::format("{} in {} changes nothing: {} {} {} already", line.shown, list.key, to_string(other.at),
                     verb, what),
         span_of(line), other.at, "remove it");
  }

  void check_dynamic_user() {
    std::vector<Stated> allowed;
    each_scope(Effect::allows, [&](const Allowances& scope, const Grant* grant) {
      const auto& line = scope.allow_dynamic_user;
      if (!line) return;
      const Stated stated{"", "allow_dynamic_user", line->at, line->column, grant};
      const auto other = std::find_if(allowed.begin(), allowed.end(), [&](const Stated& before) {
        return is_for_all_of(before.grant, grant) && lasts_as_long(before.grant, grant);
      });
      if (other != allowed.end()) {
        warn(rules::policy_line_redundant,
             fmt::format("run_as.allow_dynamic_user {} nothing: {} allows it already",
                         line->value ? "changes" : "takes away", to_string(other->at)),
             span_of(stated), other->at, "remove it");
      }
      if (line->value) allowed.push_back(stated);
    });
  }

  void check_limit(const char* key, const std::vector<Line<std::uint64_t>>& lines) {
    const auto least = std::min_element(lines.begin(), lines.end(),
                                        [](const auto& a, const auto& b) { return a.value < b.value; });
    for (auto line = lines.begin(); line != lines.end(); ++line) {
      if (line == least) continue;
      warn(rules::policy_line_redundant,
           fmt::format("{} changes nothing: {} sets {}, and the smallest counts", key, to_string(least->at),
                       least->value),
           {line->at.file, line->at.line, line->column}, least->at, "remove it");
    }
  }

  void check_downgrade() {
    const auto& lines = policy_.downgrade;
    const auto deny = std::find_if(lines.begin(), lines.end(),
                                   [](const auto& line) { return line.value == Downgrade::deny; });
    for (auto line = lines.begin(); line != lines.end(); ++line) {
      const SourceSpan at{line->at.file, line->at.line, line->column};
      if (line->value == Downgrade::allow && deny != lines.end()) {
        warn(rules::policy_allow_denied,
             fmt::format("downgrades are allowed here, and {} denies them: a deny wins", to_string(deny->at)),
             at, deny->at, fmt::format("remove the allow, or the deny at {}", to_string(deny->at)));
      } else if (std::any_of(lines.begin(), line,
                             [&](const auto& one) { return one.value == line->value; })) {
        warn(rules::policy_line_redundant,
             fmt::format("downgrade changes nothing: {} says the same", to_string(lines.front().at)), at,
             lines.front().at, "remove it");
      }
    }
  }

  void check_keys() {
    if (policy_.signature_keys.empty() || !policy_.signatures_required.empty()) return;
    const Line<std::string>& first = policy_.signature_keys.front();
    Finding finding = make_finding(rules::policy_line_redundant,
                                   "signatures.keys changes nothing, for no line requires a signature",
                                   {first.at.file, first.at.line, first.column});
    finding.fix = "set signatures.required to true, or remove it";
    findings_.push_back(std::move(finding));
  }

  void check_pattern(PatternOf kind, const char* key, const Line<std::string>& line) {
    const std::string never = unusable(kind, line.value);
    const std::string why = never.empty() ? too_wide(kind, line.value) : never;
    if (why.empty()) return;
    Finding finding = make_finding(
        never.empty() ? rules::policy_pattern_wide : rules::policy_pattern_unusable,
        fmt::format("{} in {} {}", quoted(line.value), key, why), {line.at.file, line.at.line, line.column});
    finding.fix = !never.empty() ? "write a pattern that can match, or remove it"
                  : kind == PatternOf::addon_id
                      ? "name the add-ons, or say it for all of them, outside grants"
                      : "name what add-ons need, or a prefix that only they use";
    findings_.push_back(std::move(finding));
  }

  void check_patterns() {
    each_scope(Effect::allows, [&](const Allowances& scope, const Grant* grant) {
      for (const auto& line : scope.unit_names)
        check_pattern(PatternOf::unit_to_install, "units.names", line);
      for (const auto& line : scope.references)
        check_pattern(PatternOf::unit_to_reach, "units.references", line);
      for (const auto& line : scope.exec_paths) check_pattern(PatternOf::path, "units.exec_paths", line);
      for (const auto& line : scope.root_files) check_pattern(PatternOf::path, "paths.root_files", line);
      for (const auto& line : scope.state_dirs) check_pattern(PatternOf::state_dir, "paths.state_dirs", line);
      if (grant == nullptr) return;
      for (const auto& line : grant->ids) check_pattern(PatternOf::addon_id, "match.id", line);
    });
  }

  const SitePolicy& policy_;
  std::chrono::sys_days today_;
  std::vector<Finding> findings_;
  std::set<std::tuple<std::string, int, int>> denied_;
};

}  // namespace

std::vector<Finding> check_policy(const SitePolicy& policy, std::chrono::sys_days today) {
  return Check(policy, today).run();
}

std::vector<Finding> unknown_keys(const SitePolicy& policy, const std::vector<bundle::TrustedKey>& keys) {
  std::vector<std::string> known;
  for (const bundle::TrustedKey& key : keys) known.push_back(key.name);
  std::vector<Finding> findings;
  const auto look_at = [&](const Line<std::string>& line, const char* list) {
    if (std::find(known.begin(), known.end(), line.value) != known.end()) return;
    const std::string meant = did_you_mean(line.value, known);
    Finding finding = make_finding(rules::policy_key_unknown,
                                   fmt::format("{} in {} is no key of this host", quoted(line.value), list),
                                   {line.at.file, line.at.line, line.column});
    finding.fix = meant.empty() ? fmt::format("put {}.pub into trusted-keys, or correct the name",
                                              printable(line.value))
                                : fmt::format("did you mean {}?", quoted(meant));
    findings.push_back(std::move(finding));
  };
  for (const auto& key : policy.signature_keys) look_at(key, "signatures.keys");
  for (const Grant& grant : policy.grants) {
    if (!grant.signed_by) continue;
    for (const auto& key : *grant.signed_by) look_at(key, "match.signed_by");
  }
  return findings;
}

std::vector<Finding> unmatched_grants(const SitePolicy& policy, const std::set<AddonId>& addons) {
  std::vector<Finding> findings;
  for (const Grant& grant : policy.grants) {
    const bool matches = std::any_of(addons.begin(), addons.end(), [&](const AddonId& id) {
      return std::any_of(grant.ids.begin(), grant.ids.end(),
                         [&](const auto& pattern) { return glob_match(pattern.value, id.str()); });
    });
    if (matches || grant.ids.empty()) continue;
    const Line<std::string>& first = grant.ids.front();
    std::vector<std::string> known;
    for (const AddonId& id : addons) known.push_back(id.str());
    const std::string meant = did_you_mean(first.value, known);
    Finding finding =
        make_finding(rules::policy_grant_unmatched,
                     fmt::format("grant {} matches no add-on that was looked at", quoted(grant.name)),
                     {first.at.file, first.at.line, first.column});
    finding.policy = grant.at;
    finding.fix = meant.empty() ? "correct match.id, or remove the grant"
                                : fmt::format("did you mean {}?", quoted(meant));
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace addon::policy
