#include "unit/analysis_json.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace addon::unit {

namespace {
Json place_to_json(const SourceSpan& at) { return {{"file", at.file}, {"line", at.line}}; }

std::vector<std::string> texts(const std::vector<Stated<std::string>>& stated) {
  std::vector<std::string> values;
  for (const Stated<std::string>& each : stated) values.push_back(each.value);
  return values;
}

Json exec_to_json(const std::vector<ExecCommand>& commands) {
  Json json = Json::array();
  for (const ExecCommand& command : commands) {
    json.push_back({{"directive", command.directive},
                    {"prefixes", command.prefixes},
                    {"program", command.program},
                    {"arguments", command.arguments},
                    {"file", command.at.file},
                    {"line", command.at.line}});
  }
  return json;
}

Json references_to_json(const std::vector<Reference>& references) {
  Json json = Json::array();
  for (const Reference& reference : references) {
    Json entry = place_to_json(reference.at);
    entry["directive"] = reference.directive;
    entry["unit"] = reference.unit;
    json.push_back(std::move(entry));
  }
  return json;
}

// Sets a property, and its place where the unit has one for it.
template <class T>
void set(Json& json, const std::string& key, const T& value, const SourceSpan& at) {
  json[key] = value;
  if (at.line > 0) json["lines"][key] = place_to_json(at);
}

void add_privileges(const Privileges& privileges, Json& json) {
  json["lines"] = Json::object();
  set(json, "User", privileges.user.value, privileges.user.at);
  set(json, "Group", privileges.group.value, privileges.group.at);
  set(json, "DynamicUser", privileges.dynamic_user.value, privileges.dynamic_user.at);
  set(json, "SupplementaryGroups", privileges.supplementary_groups.value, privileges.supplementary_groups.at);
  set(json, "CapabilityBoundingSet", privileges.bounding.value.names(), privileges.bounding.at);
  set(json, "AmbientCapabilities", privileges.ambient.value.names(), privileges.ambient.at);
  set(json, "NoNewPrivileges", privileges.no_new_privileges.value, privileges.no_new_privileges.at);
  set(json, "NoNewPrivilegesEffective", privileges.no_new_privileges_effective.value,
      privileges.no_new_privileges_effective.at);
  for (const auto& [key, setting] : privileges.settings) set(json, key, setting.value, setting.at);
  // systemd has no directive for it: it makes inheritable what it makes ambient.
  json["inheritable"] = privileges.ambient.value.names();
  json["exec"] = exec_to_json(privileges.exec);
}

void add_references(const AnalyzedUnit& unit, Json& json) {
  const Install& install = unit.install;
  json["install"] = {{"Alias", texts(install.alias)},
                     {"Also", texts(install.also)},
                     {"RequiredBy", texts(install.required_by)},
                     {"WantedBy", texts(install.wanted_by)}};
  json["references"] = references_to_json(install.references);
  if (unit.loaded.found.id.is_timer()) json["Unit"] = install.activates.value;
}
}  // namespace

AnalyzedUnit analyze(LoadedUnit loaded) {
  AnalyzedUnit unit{std::move(loaded), {}, {}, {}};
  if (unit.loaded.state != LoadState::loaded) return unit;
  const FullName& id = unit.loaded.found.id;
  Analysis analysis = analyze(unit.loaded.unit, id);
  unit.privileges = std::move(analysis.privileges);
  unit.install = read_install(unit.loaded.unit, id);
  unit.findings = unit.loaded.findings;
  unit.findings.insert(unit.findings.end(), std::make_move_iterator(analysis.findings.begin()),
                       std::make_move_iterator(analysis.findings.end()));
  sort_findings(unit.findings);
  return unit;
}

Json to_json(const AnalyzedUnit& unit) {
  const FoundUnit& found = unit.loaded.found;
  std::vector<std::string> names = {found.id.str()};
  for (const FullName& alias : found.aliases) names.push_back(alias.str());
  std::sort(names.begin(), names.end());
  std::vector<std::string> drop_ins;
  for (const DropIn& drop_in : unit.loaded.drop_ins) drop_ins.push_back(drop_in.path);
  Json json = {{"unit", unit.loaded.name.str()},
               {"file", found.fragment},
               {"Id", found.id.str()},
               {"Names", std::move(names)},
               {"LoadState", to_string(unit.loaded.state)},
               {"DropInPaths", std::move(drop_ins)},
               {"exec", Json::array()}};
  if (unit.loaded.state != LoadState::loaded) return json;
  add_privileges(unit.privileges, json);
  add_references(unit, json);
  return json;
}

}  // namespace addon::unit
