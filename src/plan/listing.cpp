#include "plan/listing.hpp"

#include <fmt/format.h>

#include <utility>

#include "plan/json_fields.hpp"

namespace addon::plan {

namespace {

Json limits_of(const std::optional<manifest::Resources>& resources) {
  if (!resources || resources->is_empty()) return nullptr;
  Json json = Json::object();
  const auto set = [&](const char* key, const auto& value) {
    if (value) json[key] = *value;
  };
  set("cpu_max_percent", resources->cpu_max_percent);
  set("memory_high_bytes", resources->memory_high_bytes);
  set("memory_max_bytes", resources->memory_max_bytes);
  set("slice", resources->slice);
  set("tasks_max", resources->tasks_max);
  return json;
}

Result<std::vector<std::string>> texts_field(const Json& object, const char* name) {
  std::vector<std::string> texts;
  for (const Json& text : *TRY(array_field(object, name))) {
    if (!text.is_string())
      return tl::unexpected(Error(fmt::format("\"{}\" has an entry that is no text", name)));
    texts.push_back(text.get<std::string>());
  }
  return texts;
}

/// An object, or null where it is absent.
Result<Json> mapping_field(const Json& object, const char* name) {
  if (!object.contains(name)) return Json();
  return *TRY(object_field(object, name));
}

}  // namespace

Listing make_listing(const manifest::Manifest& manifest) {
  Listing listing{.name = manifest.name,
                  .product_capabilities = manifest.product_capabilities,
                  .install_path = manifest.install_path,
                  .args = manifest.args,
                  .plugin = manifest.plugin,
                  .config_schema = std::nullopt,
                  .state_dirs = {},
                  .resources = limits_of(manifest.resources)};
  if (manifest.config_schema) listing.config_schema = manifest.config_schema->value;
  for (const manifest::StateDir& dir : manifest.state_dirs) listing.state_dirs.push_back(dir.path);
  return listing;
}

Json to_json(const Listing& listing) {
  Json json{{"name", listing.name},
            {"capabilities", listing.product_capabilities},
            {"install_path", listing.install_path},
            {"args", listing.args},
            {"state_dirs", listing.state_dirs}};
  if (!listing.plugin.is_null()) json["plugin"] = listing.plugin;
  if (!listing.resources.is_null()) json["resources"] = listing.resources;
  if (listing.config_schema) json["config_schema"] = listing.config_schema->str();
  return json;
}

Result<Listing> listing_from_json(const Json& json) {
  Listing listing;
  listing.name = TRY(text_field(json, "name"));
  listing.product_capabilities = TRY(texts_field(json, "capabilities"));
  listing.install_path = TRY(text_field(json, "install_path"));
  listing.args = TRY(texts_field(json, "args"));
  listing.state_dirs = TRY(texts_field(json, "state_dirs"));
  listing.plugin = TRY(mapping_field(json, "plugin"));
  listing.resources = TRY(mapping_field(json, "resources"));
  if (json.contains("config_schema"))
    listing.config_schema = TRY(RelativePath::parse(TRY(text_field(json, "config_schema"))));
  return listing;
}

Json to_json(const std::vector<Requirement>& requirements) {
  Json json = Json::array();
  for (const Requirement& one : requirements)
    json.push_back({{"id", one.id.str()}, {"version", one.version}});
  return json;
}

Result<std::vector<Requirement>> requirements_from_json(const Json& json) {
  std::vector<Requirement> requirements;
  for (const Json& one : json) {
    AddonId id = TRY(AddonId::parse(TRY(text_field(one, "id"))));
    std::string version = TRY(text_field(one, "version"));
    requirements.push_back({std::move(id), std::move(version)});
  }
  return requirements;
}

}  // namespace addon::plan
