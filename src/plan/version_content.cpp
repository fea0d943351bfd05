#include "plan/version_content.hpp"

#include <fmt/format.h>

#include <string>

#include "plan/retire.hpp"

namespace addon::plan {

bool had_other_content(const Release& release, const Generation& generation) {
  const auto addon = generation.committed.find(release.id);
  if (addon == generation.committed.end()) return false;
  const auto before = addon->second.find(release.version);
  return before != addon->second.end() && before->second != content_digest(release);
}

Finding content_changed(const Release& wanted, const AddonFacts& facts) {
  const std::string id = wanted.id.str();
  const std::string version = wanted.version.str();
  const bool is_active = facts.recorded != nullptr && facts.recorded->version == wanted.version;
  const bool is_gone =
      !is_active && find_version(find_addon(facts.host, wanted.id), wanted.version) == nullptr;
  Finding finding =
      make_finding(rules::version_content_changed,
                   fmt::format("{} {} {}, with other content than this bundle has", id, version,
                               is_gone ? "was active on this host before" : "is on the host already"));
  if (facts.bundle != nullptr) {
    finding.at = facts.bundle->manifest.version.at;
    finding.pointer = facts.bundle->manifest.version.pointer;
  }
  finding.addon = id;
  finding.fix = "give the new content a new version";
  // What no record speaks of may have been put there by somebody.
  if (!is_active && !had_other_content(wanted, facts.generation))
    finding.fix +=
        fmt::format(", or remove /opt/addons/{}/versions/{} if that is what was changed", id, version);
  return finding;
}

}  // namespace addon::plan
