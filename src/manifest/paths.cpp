#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "core/text.hpp"
#include "manifest/checks.hpp"

namespace addon::manifest {

namespace {
std::optional<Sourced<RelativePath>> read_path(Reader& reader, const Field& field) {
  const std::string* text = reader.plain_text(field);
  if (text == nullptr) return std::nullopt;
  Result<RelativePath> path = RelativePath::parse(*text);
  if (!path) {
    reader.report(rules::unsafe_path, field, fmt::format("{}: {}", field.label, path.error().message()));
    return std::nullopt;
  }
  return Sourced<RelativePath>{*std::move(path), reader.span(field), field.pointer};
}

// The schema lets nothing but octal digits through.
std::optional<unsigned> read_mode(Reader& reader, const Field& field) {
  const std::string* text = reader.text(field);
  if (text == nullptr) return std::nullopt;
  unsigned mode = 0;
  std::from_chars(text->data(), text->data() + text->size(), mode, 8);
  return mode;
}

std::string text_or_empty(Reader& reader, const Field& field) {
  const std::string* text = reader.plain_text(field);
  return text == nullptr ? "" : *text;
}
}  // namespace

std::optional<Sourced<RelativePath>> read_binary(Reader& reader) {
  // That it is one segment is for the schema to say.
  return read_path(reader, reader.root()["exec"]["binary"]);
}

std::optional<Sourced<RelativePath>> read_config_schema(Reader& reader) {
  return read_path(reader, reader.root()["config_schema"]);
}

std::optional<std::vector<ExtraFile>> read_files(Reader& reader) {
  const Field list = reader.root()["files"];
  if (!list) return std::nullopt;
  std::vector<ExtraFile> files;
  std::map<std::string, int> lines;
  for (const Field& item : list.items()) {
    const Field path_field = item["path"];
    std::optional<Sourced<RelativePath>> path = read_path(reader, path_field);
    if (!path) continue;
    const auto [first, is_new] = lines.emplace(path->value.str(), path->at.line);
    if (!is_new) {
      reader.report(rules::schema_duplicate_item, path_field,
                    fmt::format("{} repeats {}, which is already on line {}", path_field.label,
                                quoted(path->value.str()), first->second),
                    "remove one of the two");
      continue;
    }
    files.push_back(
        {std::move(path->value), read_mode(reader, item["mode"]), reader.span(item), item.pointer});
  }
  return files;
}

namespace {
bool is_at_or_below(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

// What addonctl relies on itself.
bool is_of_addonctl(std::string_view path) {
  return is_at_or_below(path, "/var/lib/addonctl") || is_at_or_below(path, "/run/addonctl");
}
}  // namespace

bool StateDir::is_volatile() const {
  return is_at_or_below(path, "/run") || is_at_or_below(path, "/var/run");
}

bool is_state_path(std::string_view path) {
  if (!path.starts_with('/')) return false;
  // A relative path by its type has neither empty segments nor "." or "..".
  const Result<RelativePath> relative = RelativePath::parse(path.substr(1));
  if (!relative || is_of_addonctl(path)) return false;
  const std::vector<std::string_view> segments = relative->segments();
  if (segments.front() == "var") return segments.size() >= 3;
  return (segments.front() == "run" || segments.front() == "srv") && segments.size() >= 2;
}

namespace {
void report_volatile(Reader& reader, const Field& field) {
  Finding finding =
      make_finding(rules::manifest_not_honoured,
                   fmt::format("{} has no effect: what is below /run is gone after each boot", field.label),
                   reader.span(field), field.pointer);
  finding.fix = "let the unit make it with RuntimeDirectory=";
  reader.report(std::move(finding));
}
}  // namespace

std::vector<StateDir> read_state_dirs(Reader& reader) {
  std::vector<StateDir> dirs;
  std::map<std::string, int> lines;
  for (const Field& item : reader.root()["state_dirs"].items()) {
    const Field path_field = item.node->is_string() ? item : item["path"];
    const std::string* path = reader.plain_text(path_field);
    if (path == nullptr) continue;
    if (!is_state_path(*path)) {
      reader.report(
          rules::unsafe_path, path_field,
          fmt::format("{} is {}, but must be a path below a directory of /var, or below /run or /srv, "
                      "without '.', '..', '//' or a '/' at its end{}",
                      path_field.label, quoted(*path),
                      is_of_addonctl(*path) ? "; this one is addonctl's own" : ""));
      continue;
    }
    const auto [first, is_new] = lines.emplace(*path, reader.span(path_field).line);
    if (!is_new) {
      reader.report(rules::schema_duplicate_item, path_field,
                    fmt::format("{} repeats {}, which is already on line {}", path_field.label, quoted(*path),
                                first->second),
                    "remove one of the two");
      continue;
    }
    dirs.push_back({*path, text_or_empty(reader, item["owner"]), text_or_empty(reader, item["group"]),
                    read_mode(reader, item["mode"]), reader.span(item)});
    if (dirs.back().is_volatile()) report_volatile(reader, path_field);
  }
  return dirs;
}

}  // namespace addon::manifest
