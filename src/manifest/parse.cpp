#include <fmt/format.h>

#include "core/text.hpp"
#include "document/schema.hpp"
#include "document/yaml.hpp"
#include "manifest/checks.hpp"
#include "manifest/manifest.hpp"

namespace addon::manifest {

namespace {
template <class T>
std::optional<Sourced<T>> read_parsed(Reader& reader, const Field& field) {
  const std::string* text = reader.plain_text(field);
  if (text == nullptr) return std::nullopt;
  Result<T> value = T::parse(*text);
  if (!value) {
    reader.report(rules::schema_pattern, field, fmt::format("{}: {}", field.label, value.error().message()));
    return std::nullopt;
  }
  return Sourced<T>{*std::move(value), reader.span(field), field.pointer};
}

template <class T>
std::optional<Sourced<T>> read_word(Reader& reader, const Field& field,
                                    std::optional<T> (*from)(std::string_view)) {
  const std::string* text = reader.text(field);
  const std::optional<T> value = text == nullptr ? std::nullopt : from(*text);
  if (!value) return std::nullopt;
  return Sourced<T>{*value, reader.span(field), field.pointer};
}

std::string read_plain(Reader& reader, const Field& field) {
  const std::string* text = reader.plain_text(field);
  return text == nullptr ? "" : *text;
}

Sourced<std::string> read_run_as(Reader& reader) {
  const Field needs = reader.root()["requires"];
  const Field field = needs["run_as"];
  if (field) return {read_plain(reader, field), reader.span(field), field.pointer};
  return {"", needs ? reader.span(needs) : SourceSpan(), needs.pointer};
}

// Everything is read even where something is missing, so that all findings come at once.
std::optional<Manifest> read_manifest(Reader& reader, const std::string& file) {
  const Field root = reader.root();
  std::optional<Sourced<AddonId>> id = read_parsed<AddonId>(reader, root["id"]);
  std::string name = read_plain(reader, root["name"]);
  std::optional<Sourced<Version>> version = read_parsed<Version>(reader, root["version"]);
  const std::optional<Sourced<Delivery>> delivery = read_word(reader, root["delivery"], delivery_from);
  const std::optional<Sourced<Supervision>> supervision =
      read_word(reader, root["supervision"], supervision_from);
  check_delivery_and_supervision(reader);
  Sourced<std::string> base_agent = read_base_agent(reader);
  std::optional<RequiredPackage> package = read_package(reader);
  std::vector<RequiredAddon> required_addons = read_required_addons(reader);
  std::optional<Sourced<std::vector<std::string>>> platforms = read_platforms(reader);
  std::vector<RequestedCapability> capabilities = read_capabilities(reader);
  check_delivered_capabilities(reader, capabilities);
  Sourced<std::string> run_as = read_run_as(reader);
  std::optional<Sourced<RelativePath>> binary = read_binary(reader);
  std::string install_path = read_plain(reader, root["exec"]["install_path"]);
  std::vector<std::string> args = read_words(reader, root["exec"]["args"]);
  std::optional<std::vector<Sourced<UnitName>>> units = read_units(reader);
  std::optional<Sourced<UnitName>> primary = read_primary(reader, units);
  std::optional<std::vector<ExtraFile>> files = read_files(reader);
  std::vector<StateDir> state_dirs = read_state_dirs(reader);
  Health health = read_health(reader);
  std::optional<Resources> resources = read_resources(reader);
  std::optional<Sourced<RelativePath>> config_schema = read_config_schema(reader);
  std::vector<Artifact> artifacts = read_artifacts(reader);
  std::vector<std::string> product_capabilities = read_words(reader, root["capabilities"]);
  const Field plugin = root["plugin"];
  if (!id || !version || !delivery || !supervision || !binary) return std::nullopt;
  return Manifest{file,
                  *std::move(id),
                  std::move(name),
                  *std::move(version),
                  *delivery,
                  *supervision,
                  std::move(capabilities),
                  std::move(run_as),
                  *std::move(binary),
                  std::move(install_path),
                  std::move(args),
                  std::move(units),
                  std::move(primary),
                  std::move(files),
                  std::move(state_dirs),
                  std::move(health),
                  std::move(resources),
                  std::move(config_schema),
                  std::move(platforms),
                  std::move(required_addons),
                  std::move(package),
                  std::move(base_agent),
                  std::move(artifacts),
                  std::move(product_capabilities),
                  reader.is_wholly_sound(plugin) ? document::to_json(*plugin.node) : Json()};
}

std::vector<Finding> findings_of(const Error& error, const std::string& file) {
  if (!error.findings().empty()) return error.findings();
  return {make_finding(rules::document_unreadable, error.message(), {file, 0, 0})};
}
}  // namespace

ParsedManifest parse_manifest(std::string_view text, const std::string& file) {
  Result<document::Document> document = document::parse_yaml(text, file);
  if (!document) return {std::nullopt, findings_of(document.error(), file)};
  const document::Schema& schema = document::addon_manifest_schema();
  schema.resolve_strings(*document);
  Reader reader(*document, schema.validate(*document));
  ParsedManifest out;
  out.manifest = read_manifest(reader, file);
  const document::Node* id = document->root.find("id");
  const bool has_id = id != nullptr && id->is_string() && AddonId::parse(id->text);
  out.findings = std::move(reader).take_findings(has_id ? id->text : "");
  if (has_errors(out.findings)) out.manifest.reset();
  return out;
}

}  // namespace addon::manifest
