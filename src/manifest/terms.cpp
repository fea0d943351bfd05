#include <fmt/format.h>

#include <algorithm>

#include "core/duration.hpp"
#include "core/text.hpp"
#include "manifest/checks.hpp"
#include "manifest/sound.hpp"

namespace addon::manifest {

namespace {
std::vector<Supervision> supervisions_for(Delivery delivery) {
  switch (delivery) {
    case Delivery::compiled_in:
      return {Supervision::config_toggle};
    case Delivery::pushed_artifact:
      return {Supervision::agent_sidecar, Supervision::systemd_service, Supervision::systemd_timer,
              Supervision::ephemeral_helper};
    case Delivery::os_package:
      return {Supervision::systemd_service, Supervision::systemd_timer, Supervision::agent_sidecar};
  }
  return {};
}

void read_duration(Reader& reader, const Field& field, std::chrono::milliseconds& into) {
  const std::string* text = reader.plain_text(field);
  if (text == nullptr) return;
  const Result<std::chrono::milliseconds> duration = parse_duration(*text);
  if (duration) {
    into = *duration;
  } else {
    reader.report(rules::schema_pattern, field,
                  fmt::format("{}: {}", field.label, duration.error().message()));
  }
}

template <class T>
void read_number(const Reader& reader, const Field& field, std::optional<T>& into) {
  if (!reader.is_sound(field) || field.node->type != document::NodeType::integer) return;
  into = static_cast<T>(field.node->as_integer());  // in range by the schema
}
}  // namespace

bool is_pair(Delivery delivery, Supervision supervision) {
  const std::vector<Supervision> possible = supervisions_for(delivery);
  return std::find(possible.begin(), possible.end(), supervision) != possible.end();
}

void check_delivery_and_supervision(Reader& reader) {
  const Field field = reader.root()["supervision"];
  const std::string* delivery_text = reader.text(reader.root()["delivery"]);
  const std::string* supervision_text = reader.text(field);
  if (delivery_text == nullptr || supervision_text == nullptr) return;
  const std::optional<Delivery> delivery = delivery_from(*delivery_text);
  const std::optional<Supervision> supervision = supervision_from(*supervision_text);
  if (!delivery || !supervision) return;
  if (is_pair(*delivery, *supervision)) return;
  std::vector<std::string> words;
  for (const Supervision one : supervisions_for(*delivery)) words.emplace_back(to_string(one));
  reader.report(rules::delivery_supervision_mismatch, field,
                fmt::format("supervision {} does not go with delivery {}", *supervision_text, *delivery_text),
                fmt::format("use supervision {}, or change delivery", join(words, ", ")));
}

std::vector<std::string> read_words(Reader& reader, const Field& list) {
  std::vector<std::string> words;
  for (const Field& item : list.items()) {
    if (const std::string* word = reader.plain_text(item)) words.push_back(*word);
  }
  return words;
}

std::optional<RelativePath> health_file(std::string_view program, const Version& version) {
  for (const std::string& directory : {std::string("current/"), "versions/" + version.str() + "/"}) {
    if (!program.starts_with(directory)) continue;
    const auto file = RelativePath::parse(program.substr(directory.size()));
    return file ? std::optional(*file) : std::nullopt;
  }
  return std::nullopt;
}

namespace {
void check_health_program(Reader& reader, const Field& words, const Health& health) {
  const std::string* version_text = reader.text(reader.root()["version"]);
  const auto version = Version::parse(version_text == nullptr ? "" : *version_text);
  const std::vector<Field> items = words.items();
  if (!version || health.exec.empty() || health.exec.size() != items.size()) return;
  if (health_file(health.exec.front(), *version)) return;
  reader.report(rules::health_exec, items.front(),
                fmt::format("{} is {}, which is no file of this version", items.front().label,
                            quoted(health.exec.front())),
                "name a file of the bundle: current/FILE");
}
}  // namespace

Health read_health(Reader& reader) {
  Health health;
  const Field field = reader.root()["health"];
  read_duration(reader, field["timeout"], health.timeout);
  read_duration(reader, field["stable_for"], health.stable_for);
  const Field words = field["exec"];
  health.exec = read_words(reader, words);
  if (words) health.exec_at = reader.span(words);
  check_health_program(reader, words, health);
  return health;
}

std::optional<Resources> read_resources(Reader& reader) {
  const Field field = reader.root()["resources"];
  if (!reader.is_sound(field)) return std::nullopt;
  Resources resources;
  resources.at = reader.span(field);
  read_number(reader, field["cpu_max_percent"], resources.cpu_max_percent);
  read_number(reader, field["memory_max_bytes"], resources.memory_max_bytes);
  read_number(reader, field["memory_high_bytes"], resources.memory_high_bytes);
  read_number(reader, field["tasks_max"], resources.tasks_max);
  if (const std::string* slice = reader.plain_text(field["slice"])) {
    resources.slice = *slice;
    resources.slice_at = reader.span(field["slice"]);
  }
  const bool has_both = resources.memory_high_bytes && resources.memory_max_bytes;
  if (has_both && *resources.memory_high_bytes > *resources.memory_max_bytes) {
    reader.report(
        rules::memory_high_above_max, field["memory_high_bytes"],
        fmt::format("resources.memory_high_bytes is {}, more than resources.memory_max_bytes, which is {}",
                    *resources.memory_high_bytes, *resources.memory_max_bytes),
        "lower it, or raise memory_max_bytes");
  }
  return resources;
}

}  // namespace addon::manifest
