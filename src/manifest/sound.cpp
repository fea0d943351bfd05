#include "manifest/sound.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <vector>

#include "core/text.hpp"
#include "manifest/checks.hpp"

namespace addon::manifest {

namespace {

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool has_only(std::string_view text, std::initializer_list<std::string_view> sets) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::any_of(sets.begin(), sets.end(),
                       [&](std::string_view set) { return set.find(c) != std::string_view::npos; });
  });
}

bool begins_with(std::string_view text, std::initializer_list<std::string_view> sets) {
  return !text.empty() && has_only(text.substr(0, 1), sets);
}

// As the schema has it for run_as, owner and group.
bool is_account(std::string_view name) {
  constexpr std::size_t longest = 32;
  if (name.empty()) return true;
  if (name.size() > longest || !begins_with(name, {kLower, "_"})) return false;
  if (name.ends_with('$')) name.remove_suffix(1);
  return has_only(name, {kLower, kDigits, "_-"});
}

bool is_slice(std::string_view name) {
  constexpr std::string_view suffix = ".slice";
  constexpr std::size_t longest = 255;
  if (name.size() > longest || !name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return begins_with(name, {kLetters, kDigits, "_"}) && !name.ends_with('-') &&
         name.find("--") == std::string_view::npos && has_only(name, {kLetters, kDigits, "_.:-"});
}

bool is_constraint(const std::string& text) { return text.empty() || is_version_constraint(text); }

bool is_package(const RequiredPackage& package) {
  constexpr std::size_t longest = 128;
  constexpr std::array<std::string_view, 6> known = {"", ">=", "<=", "=", ">", "<"};
  return package.name.size() <= longest && begins_with(package.name, {kLetters, kDigits}) &&
         has_only(package.name, {kLetters, kDigits, ".+_-"}) &&
         std::find(known.begin(), known.end(), package.comparison) != known.end() &&
         package.comparison.empty() == package.version.empty() && package.version.size() <= longest &&
         (package.version.empty() || begins_with(package.version, {kLetters, kDigits})) &&
         has_only(package.version, {kLetters, kDigits, ".+~:^_-"});
}

bool are_resources(const Resources& resources) {
  const auto is_within = [](const auto& value, long long most) {
    return !value || (*value >= 1 && *value <= most);
  };
  constexpr long long bytes = 1LL << 62;
  const bool is_ordered = !resources.memory_high_bytes || !resources.memory_max_bytes ||
                          *resources.memory_high_bytes <= *resources.memory_max_bytes;
  return is_within(resources.cpu_max_percent, 1'000'000) && is_within(resources.memory_max_bytes, bytes) &&
         is_within(resources.memory_high_bytes, bytes) && is_within(resources.tasks_max, 4'194'304) &&
         is_ordered && (!resources.slice || is_slice(*resources.slice));
}

bool are_files(const std::vector<ExtraFile>& files) {
  constexpr unsigned others_write = 0022;
  std::set<RelativePath> paths;
  return std::all_of(files.begin(), files.end(), [&](const ExtraFile& file) {
    return paths.insert(file.path).second && (file.mode.value_or(0) & others_write) == 0;
  });
}

bool are_state_dirs(const std::vector<StateDir>& directories) {
  constexpr unsigned everyone_writes = 0002;
  std::set<std::string> paths;
  return std::all_of(directories.begin(), directories.end(), [&](const StateDir& directory) {
    return paths.insert(directory.path).second && is_state_path(directory.path) &&
           is_account(directory.owner) && is_account(directory.group) &&
           (directory.mode.value_or(0) & everyone_writes) == 0;
  });
}

bool are_capabilities(const Manifest& manifest) {
  const auto& asked = manifest.os_capabilities;
  const auto is_before = [](const RequestedCapability& a, const RequestedCapability& b) {
    return a.capability >= b.capability;
  };
  return std::adjacent_find(asked.begin(), asked.end(), is_before) == asked.end() &&
         (asked.empty() || manifest.delivery.value != Delivery::os_package);
}

bool is_primary(const Manifest& manifest) {
  if (!manifest.primary) return true;
  const UnitName& primary = manifest.primary->value;
  const Supervision supervision = manifest.supervision.value;
  if (supervision == Supervision::systemd_service && primary.suffix() != ".service") return false;
  if (supervision == Supervision::systemd_timer && primary.suffix() != ".timer") return false;
  return !manifest.units || std::any_of(manifest.units->begin(), manifest.units->end(),
                                        [&](const Sourced<UnitName>& unit) { return unit.value == primary; });
}

bool is_health(const Manifest& manifest) {
  return manifest.health.exec.empty() || health_file(manifest.health.exec.front(), manifest.version.value);
}

bool are_requirements(const Manifest& manifest) {
  const auto& addons = manifest.required_addons;
  return is_constraint(manifest.base_agent.value) && (!manifest.package || is_package(*manifest.package)) &&
         std::all_of(addons.begin(), addons.end(), [&](const RequiredAddon& addon) {
           return addon.id != manifest.id.value && is_constraint(addon.version);
         });
}

// Of all that parse_manifest() takes as plain text.
bool is_plain(const Manifest& manifest) {
  std::vector<std::string_view> texts = {manifest.name, manifest.install_path};
  for (const auto* words : {&manifest.args, &manifest.health.exec, &manifest.product_capabilities})
    texts.insert(texts.end(), words->begin(), words->end());
  if (manifest.platforms)
    texts.insert(texts.end(), manifest.platforms->value.begin(), manifest.platforms->value.end());
  for (const Artifact& artifact : manifest.artifacts)
    texts.insert(texts.end(), {artifact.os, artifact.arch, artifact.signature_ref});
  return std::none_of(texts.begin(), texts.end(),
                      [](std::string_view text) { return has_control_character(text) || !is_utf8(text); });
}

}  // namespace

std::optional<std::string> why_unsound(const Manifest& manifest) {
  const std::string& path = manifest.install_path;
  if (!is_pair(manifest.delivery.value, manifest.supervision.value)) return "delivery and supervision";
  if (!are_capabilities(manifest)) return "requires.os_capabilities";
  if (!is_account(manifest.run_as.value)) return "requires.run_as";
  if (manifest.binary.value.segments().size() != 1) return "exec.binary";
  if (!path.empty() && !path.starts_with('/')) return "exec.install_path";
  if (!is_primary(manifest)) return "systemd.primary";
  if (manifest.files && !are_files(*manifest.files)) return "files";
  if (!are_state_dirs(manifest.state_dirs)) return "state_dirs";
  if (!is_health(manifest)) return "health.exec";
  if (manifest.resources && !are_resources(*manifest.resources)) return "resources";
  if (!are_requirements(manifest)) return "requires";
  if (!manifest.plugin.is_null() && !manifest.plugin.is_object()) return "plugin";
  if (!is_plain(manifest)) return "a control character";
  return std::nullopt;
}

}  // namespace addon::manifest
