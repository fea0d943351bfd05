#include "manifest/override.hpp"

#include <fmt/format.h>

#include <utility>

#include "document/schema.hpp"
#include "document/yaml.hpp"
#include "manifest/checks.hpp"

namespace addon::manifest {

namespace {

// What it says of a manifest's fields is read by what reads the manifest's.
LocalOverride read_override(Reader& reader, const std::string& file) {
  LocalOverride local;
  local.file = file;
  const Field root = reader.root();
  const Field enabled = root["enabled"];
  if (reader.is_sound(enabled) && enabled.node->type == document::NodeType::boolean &&
      !enabled.node->as_bool()) {
    local.disabled_at = reader.span(enabled);
  }
  const Field exec = root["exec"];
  if (exec["args"]) local.args = read_words(reader, exec["args"]);
  local.append_args = read_words(reader, exec["append_args"]);
  if (root["resources"]) local.resources = read_resources(reader);
  const Health health = read_health(reader);
  if (root["health"]["timeout"]) local.timeout = health.timeout;
  if (root["health"]["stable_for"]) local.stable_for = health.stable_for;
  const Field run_as = root["requires"]["run_as"];
  if (const std::string* user = reader.plain_text(run_as)) {
    local.run_as = Sourced<std::string>{*user, reader.span(run_as), run_as.pointer};
  }
  return local;
}

template <class T>
void patch(std::optional<T>& value, const std::optional<T>& by) {
  if (by) value = by;
}

void patch_resources(const Resources& by, Manifest& manifest) {
  Resources merged = manifest.resources.value_or(Resources{});
  patch(merged.cpu_max_percent, by.cpu_max_percent);
  patch(merged.memory_max_bytes, by.memory_max_bytes);
  patch(merged.memory_high_bytes, by.memory_high_bytes);
  patch(merged.tasks_max, by.tasks_max);
  patch(merged.slice, by.slice);
  merged.at = by.at;
  if (by.slice) merged.slice_at = by.slice_at;
  manifest.resources = std::move(merged);
}

std::vector<Finding> check_memory(const LocalOverride& local, const Manifest& manifest) {
  const Resources& merged = *manifest.resources;
  const bool has_both = merged.memory_high_bytes && merged.memory_max_bytes;
  if (!has_both || *merged.memory_high_bytes <= *merged.memory_max_bytes) return {};
  Finding finding = make_finding(
      rules::memory_high_above_max,
      fmt::format("with the manifest's limits memory_high_bytes would be {}, more than memory_max_bytes, "
                  "which would be {}",
                  *merged.memory_high_bytes, *merged.memory_max_bytes),
      local.resources->at, "/resources");
  finding.addon = manifest.id.value.str();
  finding.fix = "set both of them here";
  return {std::move(finding)};
}

std::vector<Finding> override_findings(const Error& error, const std::string& file) {
  if (!error.findings().empty()) return error.findings();
  return {make_finding(rules::document_unreadable, error.message(), {file, 0, 0})};
}

}  // namespace

ParsedOverride parse_override(std::string_view text, const std::string& file) {
  Result<document::Document> document = document::parse_yaml(text, file);
  if (!document) return {std::nullopt, override_findings(document.error(), file)};
  const document::Schema& schema = document::addon_override_schema();
  schema.resolve_strings(*document);
  Reader reader(*document, schema.validate(*document));
  ParsedOverride out;
  LocalOverride local = read_override(reader, file);
  out.findings = std::move(reader).take_findings("");
  if (!has_errors(out.findings)) out.local = std::move(local);
  return out;
}

std::vector<Finding> apply_override(const LocalOverride& local, Manifest& manifest) {
  if (local.args) manifest.args = *local.args;
  manifest.args.insert(manifest.args.end(), local.append_args.begin(), local.append_args.end());
  if (local.timeout) manifest.health.timeout = *local.timeout;
  if (local.stable_for) manifest.health.stable_for = *local.stable_for;
  if (local.run_as) manifest.run_as = *local.run_as;
  if (!local.resources) return {};
  patch_resources(*local.resources, manifest);
  return check_memory(local, manifest);
}

}  // namespace addon::manifest
