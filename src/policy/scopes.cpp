#include "policy/scopes.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "policy/directives.hpp"

namespace addon::policy {

namespace {

/// The place of the first line that covers what is asked for, or null.
template <class T, class Covers>
const PolicyRef* first_line(const std::vector<Line<T>>& lines, const Covers& covers) {
  const auto found =
      std::find_if(lines.begin(), lines.end(), [&](const Line<T>& line) { return covers(line.value); });
  return found == lines.end() ? nullptr : &found->at;
}

template <class T>
const PolicyRef* first_equal(const std::vector<Line<T>>& lines, const T& wanted) {
  return first_line(lines, [&](const T& value) { return value == wanted; });
}

/// Whether what the grant gives is for what that key has signed, or for anything.
bool is_for(const Grant& grant, const std::optional<std::string>& signer) {
  return !grant.signed_by || (signer && first_equal(*grant.signed_by, *signer) != nullptr);
}

std::string signers_of(const Grant& grant) {
  std::vector<std::string> names;
  for (const Line<std::string>& key : *grant.signed_by) names.push_back(printable(key.value));
  return names.empty() ? "nobody" : join(names, " or ");
}

}  // namespace

Scopes::Scopes(const SitePolicy& policy, const AddonId& addon, std::chrono::sys_days today,
               const std::optional<std::string>& signer) {
  scopes_.push_back({&policy.site, nullptr, nullptr});
  for (const Grant& grant : policy.grants) {
    const auto covers = [&](const std::string& pattern) { return glob_match(pattern, addon.str()); };
    if (first_line(grant.ids, covers) == nullptr) continue;
    const bool expired = grant.expires && std::chrono::sys_days(*grant.expires) < today;
    scopes_.push_back(
        {&grant.allowances, expired ? &grant : nullptr, is_for(grant, signer) ? nullptr : &grant});
  }
}

template <class LineOf>
Ruling Scopes::rule(const LineOf& line_of) const {
  Ruling ruling;
  for (const Scope& scope : scopes_) {
    const PolicyRef* line = line_of(*scope.allowances);
    if (line == nullptr) continue;
    if (scope.expired_grant == nullptr) {
      if (scope.withheld_grant == nullptr) {
        ruling.allowed_by = *line;
        ruling.expired.reset();
        ruling.withheld.reset();
        break;
      }
      if (!ruling.withheld) {
        ruling.withheld = *line;
        ruling.withheld_for = signers_of(*scope.withheld_grant);
      }
      continue;
    }
    if (!ruling.expired) {
      ruling.expired = *line;
      ruling.expired_on = *scope.expired_grant->expires;
    }
  }
  return ruling;
}

Ruling Scopes::capability(Capability capability) const {
  Ruling ruling =
      rule([&](const Allowances& scope) { return first_equal(scope.capabilities_allow, capability); });
  for (const Scope& scope : scopes_) {
    // Time may take rights away, never give them: a deny outlives its grant.
    const PolicyRef* line = first_equal(scope.allowances->capabilities_deny, capability);
    if (line == nullptr) continue;
    ruling.denied_by = *line;
    break;
  }
  return ruling;
}

Ruling Scopes::supervision(manifest::Supervision supervision) const {
  return rule([&](const Allowances& scope) { return first_equal(scope.supervision, supervision); });
}

Ruling Scopes::delivery(manifest::Delivery delivery) const {
  return rule([&](const Allowances& scope) { return first_equal(scope.delivery, delivery); });
}

Ruling Scopes::run_as(const std::string& user) const {
  return rule([&](const Allowances& scope) { return first_equal(scope.run_as, user); });
}

Ruling Scopes::dynamic_user() const {
  return rule([](const Allowances& scope) -> const PolicyRef* {
    const auto& line = scope.allow_dynamic_user;
    return line && line->value ? &line->at : nullptr;
  });
}

Ruling Scopes::rule_by_pattern(std::vector<Line<std::string>> Allowances::*patterns,
                               const std::string& name) const {
  return rule([&](const Allowances& scope) {
    return first_line(scope.*patterns, [&](const std::string& pattern) { return glob_match(pattern, name); });
  });
}

Ruling Scopes::unit_name(const std::string& name) const {
  return rule_by_pattern(&Allowances::unit_names, name);
}

Ruling Scopes::exec_path(const std::string& program) const {
  return rule_by_pattern(&Allowances::exec_paths, program);
}

Ruling Scopes::reference(const std::string& unit) const {
  return rule_by_pattern(&Allowances::references, unit);
}

Ruling Scopes::state_dir(const std::string& path) const {
  return rule_by_pattern(&Allowances::state_dirs, path);
}

Ruling Scopes::root_file(const std::string& path) const {
  return rule_by_pattern(&Allowances::root_files, path);
}

const PolicyRef* Scopes::forbids(std::string_view directive) const {
  for (const Scope& scope : scopes_) {
    const PolicyRef* line = first_line(scope.allowances->forbid, [&](const std::string& name) {
      return preferred_name(name) == preferred_name(directive);
    });
    if (line != nullptr) return line;
  }
  return nullptr;
}

std::vector<const Line<Requirement>*> Scopes::requirements() const {
  std::vector<const Line<Requirement>*> lines;
  for (const Scope& scope : scopes_) {
    for (const Line<Requirement>& line : scope.allowances->require) lines.push_back(&line);
  }
  return lines;
}

Ruling Scopes::exec_prefix(const std::string& prefix) const {
  return rule([&](const Allowances& scope) { return first_equal(scope.exec_prefixes, prefix); });
}

}  // namespace addon::policy
