#include "plan/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace addon::plan {

namespace {

std::string version_path(const Release& release) {
  return fmt::format("/opt/addons/{}/versions/{}", release.id.str(), release.version.str());
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

// Of what is compiled into the agent, there is nothing to run.
Json exec_of(const Release& release) {
  if (release.delivery == manifest::Delivery::compiled_in) return nullptr;
  Json exec{{"args", release.listing.args}, {"sha256", nullptr}};
  if (!release.is_staged()) {
    const std::string& path = release.listing.install_path;
    exec["binary"] = path.empty() ? Json(nullptr) : Json(fmt::format("{}/{}", path, release.binary.str()));
    return exec;
  }
  exec["binary"] = fmt::format("{}/{}", version_path(release), release.binary.str());
  const auto file = std::find_if(release.files.begin(), release.files.end(),
                                 [&](const ReleaseFile& one) { return one.path == release.binary; });
  if (file != release.files.end()) exec["sha256"] = file->sha256.str();
  return exec;
}

Json units_of(const Release& release) {
  Json units = Json::array();
  for (const ReleaseUnit& unit : release.units) {
    units.push_back({{"name", unit.name.str()}, {"primary", release.primary == unit.name}});
  }
  return units;
}

}  // namespace

Json registry_entry(const Release& release) {
  const Listing& listing = release.listing;
  const bool has_schema = release.is_staged() && listing.config_schema;
  const CapabilitySet granted = release.is_staged() ? release.capabilities : CapabilitySet();
  return {{"id", release.id.str()},
          {"name", listing.name},
          {"version", release.version.str()},
          {"delivery", manifest::to_string(release.delivery)},
          {"supervision", manifest::to_string(release.supervision)},
          {"enabled", true},
          {"capabilities", listing.product_capabilities},
          {"os_capabilities", granted.names()},
          {"run_as", text_or_null(release.run_as)},
          {"path", release.is_staged() ? Json(version_path(release)) : Json(nullptr)},
          {"exec", exec_of(release)},
          {"plugin", listing.plugin},
          {"config_schema",
           has_schema ? Json(fmt::format("{}/{}", version_path(release), listing.config_schema->str()))
                      : Json(nullptr)},
          {"units", units_of(release)},
          {"state_dirs", listing.state_dirs},
          // Those of a unit systemd enforces.
          {"resources", release.drop_in ? Json(nullptr) : listing.resources}};
}

std::string registry_text(const RegistryHead& head, const Json& entries) {
  return canonical({{"schema", "addonctl.registry/v1"},
                    {"generation", head.generation},
                    {"plan", text_or_null(head.plan_digest)},
                    {"addons", entries}}) +
         "\n";
}

std::string registry_text(const Generation& generation) {
  Json entries = Json::array();
  for (const auto& [id, release] : generation.addons) entries.push_back(registry_entry(release));
  return registry_text(RegistryHead{generation.number, generation.plan_digest}, entries);
}

bool is_registry_of(const Generation& generation, const std::optional<host::FoundFile>& found) {
  if (generation.number == 0 || !found) return generation.number == 0 && !found;
  const host::FileState& state = found->state;
  return state.type == host::FileType::regular && state.mode == 0644 && state.uid == 0 && state.gid == 0 &&
         state.links == 1 && found->sha256 == Digest::of(registry_text(generation));
}

}  // namespace addon::plan
