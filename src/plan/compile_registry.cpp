#include "plan/compile_registry.hpp"

#include <set>
#include <utility>
#include <variant>

#include "plan/registry.hpp"

namespace addon::plan {

namespace {

const Release* find_release(const std::map<AddonId, Release>& releases, const AddonId& id) {
  const auto found = releases.find(id);
  return found == releases.end() ? nullptr : &found->second;
}

/// Add-ons whose recorded version itself is put right, so that it is not whole until that is done.
std::set<AddonId> unready(const std::vector<Step>& steps, const Generation& generation) {
  std::set<AddonId> ids;
  const auto add = [&](const AddonId& id, const Version& version) {
    const Release* recorded = find_release(generation.addons, id);
    if (recorded != nullptr && recorded->version == version) ids.insert(id);
  };
  for (const Step& step : steps) {
    if (const auto* stage = std::get_if<Stage>(&step.action)) add(stage->addon, stage->version);
    const auto* grant = std::get_if<SetCapabilities>(&step.action);
    if (grant != nullptr && !grant->after.empty()) add(grant->addon, grant->version);
  }
  return ids;
}

/// Add-ons whose terms policy gets to see with the step that switches to them, or uses their package.
std::set<AddonId> switched(const std::vector<Step>& steps) {
  std::set<AddonId> ids;
  for (const Step& step : steps) {
    const auto* change = std::get_if<SwitchCurrent>(&step.action);
    if (change != nullptr && change->after) ids.insert(change->addon);
    if (const auto* package = std::get_if<UsePackage>(&step.action)) ids.insert(package->addon);
  }
  return ids;
}

UpdateRegistry bare_step(UpdateRegistry::Phase phase, const RegistryFacts& facts) {
  UpdateRegistry step;
  step.phase = phase;
  step.entries = Json::array();
  if (facts.host.registry) step.before = facts.host.registry->sha256.value_or(Digest{});
  step.is_altered = !is_registry_of(facts.generation, facts.host.registry);
  return step;
}

std::optional<Terms> terms_for(const AddonId& id, const RegistryFacts& facts) {
  const auto found = facts.terms.find(id);
  return found == facts.terms.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::optional<UpdateRegistry> withdraw_step(const std::vector<Step>& others, const RegistryFacts& facts) {
  if (others.empty()) return std::nullopt;
  const std::set<AddonId> broken = unready(others, facts.generation);
  UpdateRegistry step = bare_step(UpdateRegistry::Phase::withdraw, facts);
  for (const auto& [id, release] : facts.generation.addons) {
    if (facts.result.contains(id) && !broken.contains(id)) {
      step.entries.push_back(registry_entry(release));
    } else {
      step.changes.push_back({id, release.version, std::nullopt, nullptr, std::nullopt});
    }
  }
  return step.changes.empty() ? std::nullopt : std::optional(std::move(step));
}

std::optional<UpdateRegistry> publish_step(const std::vector<Step>& others, const RegistryFacts& facts) {
  UpdateRegistry step = bare_step(UpdateRegistry::Phase::publish, facts);
  const std::set<AddonId> judged = switched(others);
  for (const auto& [id, release] : facts.result) {
    Json entry = registry_entry(release);
    const Release* recorded = find_release(facts.generation.addons, id);
    const bool is_same = recorded != nullptr && registry_entry(*recorded) == entry;
    std::optional<Terms> terms = judged.contains(id) ? std::nullopt : terms_for(id, facts);
    step.entries.push_back(entry);
    // Nothing but its entry makes it active, so putting that back is activating it again.
    const bool is_restored = step.is_altered && !release.is_staged() && terms;
    if (is_same && !is_restored) continue;
    const auto before = recorded != nullptr ? std::optional(recorded->version) : std::nullopt;
    step.changes.push_back({id, before, release.version, std::move(entry), std::move(terms)});
  }
  // What goes was taken out before, where anything else was to be done.
  for (const auto& [id, release] : facts.generation.addons) {
    if (!others.empty() || facts.result.contains(id)) continue;
    step.changes.push_back({id, release.version, std::nullopt, nullptr, std::nullopt});
  }
  if (others.empty() && step.changes.empty() && !step.is_altered && !facts.is_recorded) return std::nullopt;
  return step;
}

}  // namespace addon::plan
