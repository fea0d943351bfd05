#include "plan/observation.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/json.hpp"

namespace addon::plan {

namespace {

Json to_json(const host::FileState& state) {
  return {fmt::format("{:05o}", state.mode), state.uid, state.gid, state.links, static_cast<int>(state.type)};
}

Json to_json(const host::InstalledVersion& version) {
  Json files = Json::object();
  for (const host::InstalledFile& file : version.files) {
    files[file.path.str()] = {to_json(file.state), file.sha256 ? file.sha256->hex() : "",
                              to_string(file.capabilities)};
  }
  return {{"files", std::move(files)}, {"strangers", version.strangers}};
}

Json to_json(const host::AddonState& addon) {
  Json versions = Json::array();
  for (const Version& version : addon.versions) versions.push_back(version.str());
  Json inspected = Json::object();
  for (const auto& [version, found] : addon.inspected) inspected[version.str()] = to_json(found);
  return {{"current", addon.current_target.value_or("")},
          {"versions", std::move(versions)},
          {"inspected", std::move(inspected)},
          {"tampered", addon.tampered}};
}

// What is in it changes all the time, and with it the number of links.
Json to_json(const host::StateDirState& dir) {
  Json way = Json::array();
  const auto add = [&](const host::FileState& state) {
    way.push_back({static_cast<int>(state.type), fmt::format("{:05o}", state.mode), state.uid, state.gid});
  };
  for (const auto& [path, state] : dir.above) add(state);
  if (dir.state) add(*dir.state);
  return way;
}

Json to_json(const host::UnitState& unit) {
  Json file;
  if (unit.file) file = {to_json(*unit.file), unit.sha256 ? unit.sha256->hex() : ""};
  Json drop_ins = Json::array();
  for (const host::UnitDropIn& drop_in : unit.drop_ins)
    drop_ins.push_back({drop_in.path, Digest::of(drop_in.text).hex()});
  Json json{{"file", std::move(file)},
            {"elsewhere", unit.elsewhere},
            {"aliases", unit.aliases},
            {"drop_ins", std::move(drop_ins)},
            {"links", unit.links}};
  if (unit.drop_in) {
    const auto& [state, sha256] = *unit.drop_in;
    json["drop_in"] = {to_json(state), sha256 ? sha256->hex() : ""};
  }
  return json;
}

Json to_json(const host::PackageState& package) {
  Json units = Json::object();
  for (const host::PackageUnit& unit : package.units)
    units[unit.path] = {Digest::of(unit.text).hex(), unit.writable};
  Json json{package.name,    package.database,      package.state,
            package.version, package.is_new_enough, std::move(units)};
  if (package.program) {
    json.push_back({package.program->path, package.program->is_owned, package.program->is_present,
                    package.program->writable, package.program->has_rights});
  }
  return json;
}

}  // namespace

Digest digest_of_observation(const host::HostState& host, const std::set<AddonId>& addons,
                             const std::set<UnitName>& primaries) {
  Json json{{"live", host.live},
            {"systemd", host.platform.has_systemd},
            {"nosuid", host.platform.nosuid},
            {"file_capabilities", host.platform.file_capabilities}};
  if (host.registry) {
    const auto& [state, sha256] = *host.registry;
    json["registry"] = {to_json(state), sha256 ? sha256->hex() : ""};
  }
  for (const auto& [path, program] : host.programs) json["programs"][path] = program.writable;
  for (const auto& [id, addon] : host.addons) {
    if (addons.contains(id)) json["addons"][id.str()] = to_json(addon);
  }
  for (const auto& [name, unit] : host.units) {
    Json& found = json["units"][name.str()] = to_json(unit);
    if (primaries.contains(name)) found["active"] = unit.status && unit.status->is_active();
  }
  for (const auto& [name, account] : host.users) {
    json["users"][name] = account ? Json{account->uid, account->gid} : Json();
  }
  for (const auto& [name, gid] : host.groups) json["groups"][name] = gid ? Json(*gid) : Json();
  for (const auto& [path, dir] : host.state_dirs) json["state_dirs"][path] = to_json(dir);
  for (const auto& [id, package] : host.packages) json["packages"][id.str()] = to_json(package);
  if (host.base_agent) {
    const auto& [version, source, fault] = *host.base_agent;
    json["base_agent"] = {version ? version->str() : "", source, fault};
  }
  return addon::digest_of(json);
}

}  // namespace addon::plan
