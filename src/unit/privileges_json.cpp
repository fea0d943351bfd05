#include <string_view>
#include <utility>

#include "unit/privileges.hpp"

namespace addon::unit {

namespace {
// A place as its line alone where its file is the unit's own and its column is what it mostly is.
Json place_to_json(const SourceSpan& at, const std::string& file) {
  const int usual_column = at.line == 0 ? 0 : 1;
  if (at.file == file && at.column == usual_column) return at.line;
  Json place = {{"line", at.line}, {"column", at.column}};
  if (at.file != file) place["file"] = at.file;
  return place;
}

int int_of(const Json& json) { return json.is_number_integer() ? json.get<int>() : 0; }
std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : std::string(); }

// A null stands for what is not there, so that nothing here throws.
const Json& member(const Json& json, std::string_view key) {
  static const Json nothing;
  if (!json.is_object()) return nothing;
  const auto found = json.find(key);
  return found == json.end() ? nothing : *found;
}

SourceSpan place_from_json(const Json& json, const std::string& file) {
  if (!json.is_object()) return {file, int_of(json), int_of(json) == 0 ? 0 : 1};
  const Json& other = member(json, "file");
  return {other.is_string() ? text_of(other) : file, int_of(member(json, "line")),
          int_of(member(json, "column"))};
}

CapabilitySet set_from_json(const Json& json) {
  if (!json.is_array()) return CapabilitySet::all();
  CapabilitySet set;
  for (const Json& name : json) {
    if (const auto capability = Capability::from_name(text_of(name))) set.insert(*capability);
  }
  return set;
}

std::vector<std::string> texts_from_json(const Json& json) {
  std::vector<std::string> texts;
  if (!json.is_array()) return texts;
  for (const Json& text : json) texts.push_back(text_of(text));
  return texts;
}

bool is_true(const Json& json) { return json.is_boolean() && json.get<bool>(); }

Json exec_to_json(const ExecCommand& command, const std::string& file) {
  Json json = {{"directive", command.directive},
               {"prefixes", command.prefixes},
               {"program", command.program},
               {"arguments", command.arguments},
               {"line", command.at.line}};
  if (const Json place = place_to_json(command.at, file); place.is_object()) json["place"] = place;
  return json;
}

ExecCommand exec_from_json(const Json& json, const std::string& file) {
  const Json& place = member(json, "place");
  return {text_of(member(json, "directive")), texts_from_json(member(json, "prefixes")),
          text_of(member(json, "program")), texts_from_json(member(json, "arguments")),
          place_from_json(place.is_object() ? place : member(json, "line"), file)};
}
}  // namespace

Json to_json(const Privileges& p) {
  const std::string& file = p.user.at.file;
  const auto place = [&](const auto& stated) { return place_to_json(stated.at, file); };
  Json exec = Json::array();
  for (const ExecCommand& command : p.exec) exec.push_back(exec_to_json(command, file));
  return {{"User", p.user.value},
          {"Group", p.group.value},
          {"DynamicUser", p.dynamic_user.value},
          {"SupplementaryGroups", p.supplementary_groups.value},
          {"CapabilityBoundingSet", p.bounding.value.names()},
          {"CapabilityBoundingSetStated", p.bounding_stated},
          {"AmbientCapabilities", p.ambient.value.names()},
          {"NoNewPrivileges", p.no_new_privileges.value},
          {"NoNewPrivilegesEffective", p.no_new_privileges_effective.value},
          {"exec", std::move(exec)},
          {"lines",
           {{"file", file},
            {"User", place(p.user)},
            {"Group", place(p.group)},
            {"DynamicUser", place(p.dynamic_user)},
            {"SupplementaryGroups", place(p.supplementary_groups)},
            {"CapabilityBoundingSet", place(p.bounding)},
            {"AmbientCapabilities", place(p.ambient)},
            {"NoNewPrivileges", place(p.no_new_privileges)},
            {"NoNewPrivilegesEffective", place(p.no_new_privileges_effective)}}}};
}

Privileges privileges_from_json(const Json& json) {
  const Json& lines = member(json, "lines");
  const std::string file = text_of(member(lines, "file"));
  const auto at = [&](std::string_view key) { return place_from_json(member(lines, key), file); };
  const auto text = [&](std::string_view key) {
    return Stated<std::string>{text_of(member(json, key)), at(key)};
  };
  const auto boolean = [&](std::string_view key) {
    return Stated<bool>{is_true(member(json, key)), at(key)};
  };
  const auto set = [&](std::string_view key) {
    return Stated<CapabilitySet>{set_from_json(member(json, key)), at(key)};
  };
  Privileges p;
  p.user = text("User");
  p.group = text("Group");
  p.dynamic_user = boolean("DynamicUser");
  p.supplementary_groups = {texts_from_json(member(json, "SupplementaryGroups")), at("SupplementaryGroups")};
  p.bounding = set("CapabilityBoundingSet");
  p.bounding_stated = is_true(member(json, "CapabilityBoundingSetStated"));
  p.ambient = set("AmbientCapabilities");
  p.no_new_privileges = boolean("NoNewPrivileges");
  p.no_new_privileges_effective = boolean("NoNewPrivilegesEffective");
  const Json& exec = member(json, "exec");
  if (exec.is_array()) {
    for (const Json& command : exec) p.exec.push_back(exec_from_json(command, file));
  }
  return p;
}

}  // namespace addon::unit
