#include "plan/requirements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "core/text.hpp"

namespace addon::plan {

namespace {

std::string with_version(const AddonId& id, const std::string& constraint) {
  return constraint.empty() ? id.str() : fmt::format("{} {}", id.str(), printable(constraint));
}

bool is_met(const AddonId& id, const std::string& constraint, const std::map<AddonId, Release>& releases) {
  const auto found = releases.find(id);
  return found != releases.end() && manifest::meets_constraint(found->second.version, constraint);
}

const bundle::Bundle* find_bundle(const std::vector<bundle::Bundle>& bundles, const AddonId& id) {
  const auto found = std::find_if(bundles.begin(), bundles.end(), [&](const bundle::Bundle& bundle) {
    return bundle.manifest.id.value == id;
  });
  return found == bundles.end() ? nullptr : &*found;
}

/// Where the bundle's manifest asks for it; null where it does not.
const manifest::RequiredAddon* find_request(const bundle::Bundle* bundle, const AddonId& id) {
  if (bundle == nullptr) return nullptr;
  const auto& all = bundle->manifest.required_addons;
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const manifest::RequiredAddon& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}

/// Which line of a manifest says that one add-on needs another; null where none is at hand.
using Asker = std::function<const manifest::RequiredAddon*(const AddonId& id, const AddonId& needed)>;

// Circles in which some line can be pointed at.
std::vector<Finding> tell_circles(const Needs& needs, const Asker& asker) {
  std::vector<Finding> findings;
  for (const std::vector<AddonId>& circle : circles(needs)) {
    const manifest::RequiredAddon* first = nullptr;
    std::vector<std::string> links;
    for (std::size_t i = 0; i < circle.size(); ++i) {
      const AddonId& next = circle[(i + 1) % circle.size()];
      const manifest::RequiredAddon* asked = asker(circle[i], next);
      if (first == nullptr) first = asked;
      links.push_back(fmt::format("{} needs {} ({})", circle[i].str(), next.str(),
                                  asked != nullptr ? to_string(asked->at) : "as it is installed"));
    }
    if (first == nullptr) continue;
    Finding finding =
        make_finding(rules::addon_cycle, fmt::format("none of these can be the first: {}", join(links, ", ")),
                     first->at, first->pointer);
    finding.addon = circle.front().str();
    finding.fix = "take one of the requirements out";
    findings.push_back(std::move(finding));
  }
  return findings;
}
}  // namespace

std::vector<Finding> check_required_addons(const bundle::Bundle& wanted,
                                           const std::map<AddonId, Release>& result) {
  std::vector<Finding> findings;
  for (const manifest::RequiredAddon& required : wanted.manifest.required_addons) {
    if (is_met(required.id, required.version, result)) continue;
    const auto found = result.find(required.id);
    const std::string needed = with_version(required.id, required.version);
    Finding finding = make_finding(
        rules::host_addon_missing,
        fmt::format("{} needs add-on {}, {}", wanted.manifest.id.value.str(), needed,
                    found != result.end() ? fmt::format("and {} would be active", found->second.version.str())
                                          : "which would not be active"),
        required.at, required.pointer);
    finding.addon = wanted.manifest.id.value.str();
    finding.fix = fmt::format("apply {} first, or in the same run", needed);
    findings.push_back(std::move(finding));
  }
  return findings;
}

namespace {

Finding needed_by(const Release& dependent, const Requirement& need,
                  const std::map<AddonId, Release>& result) {
  const std::string& who = dependent.id.str();
  const auto found = result.find(need.id);
  const bool goes = found == result.end();
  Finding finding =
      make_finding(rules::host_addon_needed,
                   goes ? fmt::format("{} would go, and {} {}, which is active, needs {}", need.id.str(), who,
                                      dependent.version.str(), with_version(need.id, need.version))
                        : fmt::format("{} {} would be active, and {} {}, which is active, needs {}",
                                      need.id.str(), found->second.version.str(), who,
                                      dependent.version.str(), with_version(need.id, need.version)));
  finding.addon = need.id.str();
  finding.fix =
      goes ? fmt::format("remove {}, too, in the same run or before", who)
           : fmt::format("let {} be a version that {} can use, or change {}, too", need.id.str(), who, who);
  return finding;
}

}  // namespace

std::vector<Finding> check_needed_addons(const std::vector<bundle::Bundle>& wanted,
                                         const Generation& generation,
                                         const std::map<AddonId, Release>& result) {
  std::vector<Finding> findings;
  for (const auto& [id, release] : result) {
    if (find_bundle(wanted, id) != nullptr) continue;
    for (const Requirement& need : release.requirements) {
      // What was not met before is not this plan's doing.
      if (is_met(need.id, need.version, result) || !is_met(need.id, need.version, generation.addons))
        continue;
      findings.push_back(needed_by(release, need, result));
    }
  }
  return findings;
}

std::vector<Finding> check_circles(const std::vector<bundle::Bundle>& wanted,
                                   const std::map<AddonId, Release>& result) {
  return tell_circles(needs_of(result), [&](const AddonId& id, const AddonId& needed) {
    return find_request(find_bundle(wanted, id), needed);
  });
}

std::vector<Finding> check_circles(const Required& required) {
  Needs needs;
  for (const auto& [id, asked] : required) {
    for (const manifest::RequiredAddon& one : asked) needs[id].insert(one.id);
  }
  return tell_circles(needs, [&](const AddonId& id, const AddonId& needed) -> const manifest::RequiredAddon* {
    const std::vector<manifest::RequiredAddon>& asked = required.at(id);
    const auto found =
        std::find_if(asked.begin(), asked.end(), [&](const auto& one) { return one.id == needed; });
    return found == asked.end() ? nullptr : &*found;
  });
}

Needs needs_of(const std::map<AddonId, Release>& releases) {
  Needs needs;
  for (const auto& [id, release] : releases) {
    std::set<AddonId>& others = needs[id];
    for (const Requirement& need : release.requirements) others.insert(need.id);
  }
  return needs;
}

}  // namespace addon::plan
