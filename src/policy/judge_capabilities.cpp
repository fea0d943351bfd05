// Every way in which a step gives an add-on a Linux capability.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/text.hpp"
#include "policy/judge_steps.hpp"

namespace addon::policy {

namespace {

/// As policies are usually written: "CAP_NET_RAW".
std::string policy_name(Capability capability) {
  std::string name(capability.name());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return name;
}

Entry entry_for(const std::vector<Capability>& capabilities) {
  std::vector<std::string> names;
  for (const Capability capability : capabilities) names.push_back(policy_name(capability));
  return {"capabilities.allow", join(names, ", ")};
}

plan::Asked place_of(const plan::SetCapabilities& action, Capability capability) {
  const auto found = std::find_if(action.asked.begin(), action.asked.end(), [&](const plan::Asked& asked) {
    return Capability::from_name(asked.what) == capability;
  });
  return found == action.asked.end() ? plan::Asked{} : *found;
}

}  // namespace

void judge_file_capabilities(Bench& bench, const plan::SetCapabilities& action) {
  for (const Capability capability : (action.after.permitted | action.after.inheritable).members()) {
    const plan::Asked asked = place_of(action, capability);
    const std::string subject = fmt::format("capability {}", capability.name());
    const Request request{&rules::policy_capability,
                          "capability",
                          std::string(capability.name()),
                          subject,
                          subject,
                          asked.at,
                          asked.pointer,
                          entry_for({capability})};
    bench.verdicts.record(bench.step, bench.addon, request, bench.scopes.capability(capability));
  }
  if (action.after.unknown_bits == 0) return;
  const std::string bits = fmt::format("bits {:#x}", action.after.unknown_bits);
  bench.verdicts.refuse(
      bench.addon,
      {&rules::policy_capability,
       "capability",
       bits,
       "unknown capabilities",
       "capabilities without a name",
       {}},
      make_finding(rules::policy_capability,
                   fmt::format("no policy line can allow the capabilities without a name in {}", bits)));
}

void judge_ambient(Bench& bench, const plan::InstallUnit& action) {
  const auto& ambient = action.privileges.ambient;
  for (const Capability capability : ambient.value.members()) {
    const std::string subject = fmt::format("ambient capability {}", capability.name());
    const Request request{&rules::policy_capability,
                          "ambient-capability",
                          std::string(capability.name()),
                          subject,
                          fmt::format("{} of {}", subject, action.unit.str()),
                          ambient.at,
                          "",
                          entry_for({capability})};
    bench.verdicts.record(bench.step, bench.addon, request, bench.scopes.capability(capability));
  }
}

namespace {

/// What a root service keeps and may not have.
struct Surplus {
  std::vector<Capability> unallowed;
  std::vector<std::string> unallowed_names;
  std::vector<std::string> denied;      ///< "cap_sys_admin by policy.yaml:7"
  std::optional<PolicyRef> decided_by;  ///< the first deny
  Ruling expired;                       ///< the first that an expired grant would have allowed
};

Surplus surplus_of(Bench& bench, const plan::InstallUnit& action) {
  Surplus surplus;
  const auto& bounding = action.privileges.bounding;
  for (const Capability capability : bounding.value.members()) {
    const Ruling ruling = bench.scopes.capability(capability);
    const std::string name(capability.name());
    const std::string subject = fmt::format("capability {} of root's {}", name, action.unit.str());
    const Request request{
        &rules::policy_capability, "bounding-capability", name, subject, subject, bounding.at, "",
        entry_for({capability})};
    if (ruling.allows()) {
      bench.verdicts.record(bench.step, bench.addon, request, ruling);
      continue;
    }
    bench.verdicts.note(bench.addon, request, ruling);
    // A bounding set that says what the file or AmbientCapabilities= says has the same cause.
    const bool known = bench.verdicts.has_refused(bench.addon, "capability " + name) ||
                       bench.verdicts.has_refused(bench.addon, "ambient capability " + name);
    if (known && action.privileges.bounding_stated) continue;
    if (ruling.denied_by) {
      surplus.denied.push_back(fmt::format("{} by {}", name, to_string(*ruling.denied_by)));
      if (!surplus.decided_by) surplus.decided_by = ruling.denied_by;
      continue;
    }
    surplus.unallowed.push_back(capability);
    surplus.unallowed_names.push_back(name);
    if (ruling.expired && !surplus.expired.expired) surplus.expired = ruling;
  }
  return surplus;
}

std::string bounding_message(const plan::InstallUnit& action, const Surplus& surplus) {
  std::string message =
      action.privileges.bounding_stated
          ? fmt::format("{} starts as root and keeps capabilities by its CapabilityBoundingSet=",
                        action.unit.str())
          : fmt::format("{} starts as root and sets no CapabilityBoundingSet=, which means all capabilities",
                        action.unit.str());
  if (!surplus.denied.empty()) message += fmt::format("; denied: {}", join(surplus.denied, ", "));
  if (!surplus.unallowed.empty()) {
    message += fmt::format("; no policy line allows {}", join(surplus.unallowed_names, ", "));
  }
  return message + grant_note(surplus.expired);
}

std::string bounding_fix(const Bench& bench, const plan::InstallUnit& action, const Surplus& surplus) {
  if (!action.privileges.bounding_stated) {
    return fmt::format(
        "set CapabilityBoundingSet= in {} to what the program needs, or User= to an allowed user",
        action.unit.str());
  }
  if (!surplus.denied.empty()) {
    return fmt::format("take them out of CapabilityBoundingSet= in {}: no allow outweighs a deny",
                       action.unit.str());
  }
  return fix_by_adding(entry_for(surplus.unallowed), bench.addon);
}

}  // namespace

void judge_bounding_set(Bench& bench, const plan::InstallUnit& action) {
  const Surplus surplus = surplus_of(bench, action);
  if (surplus.unallowed.empty() && surplus.denied.empty()) return;
  const Rule& rule = surplus.denied.empty() ? rules::policy_capability : rules::policy_capability_denied;
  Finding finding = make_finding(rule, bounding_message(action, surplus), action.privileges.bounding.at);
  finding.policy = surplus.decided_by ? surplus.decided_by : surplus.expired.expired;
  finding.fix = bounding_fix(bench, action, surplus);
  bench.verdicts.tell(bench.addon, "bounding set of " + action.unit.str(), std::move(finding));
}

}  // namespace addon::policy
