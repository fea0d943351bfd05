#include "plan/drop_in.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.hpp"
#include "plan/json_fields.hpp"

namespace addon::plan {

namespace {

constexpr std::array<std::string_view, 5> kSettings = {"CPUQuota", "MemoryHigh", "MemoryMax", "Slice",
                                                       "TasksMax"};

/// The service that runs exec.binary: the primary, or the one that the primary timer starts.
const bundle::BundleUnit* service_of(const bundle::Bundle& bundle) {
  if (!bundle.primary) return nullptr;
  const auto find = [&](std::string_view name) -> const bundle::BundleUnit* {
    const auto found = std::find_if(bundle.units.begin(), bundle.units.end(),
                                    [&](const bundle::BundleUnit& unit) { return unit.name.str() == name; });
    return found == bundle.units.end() ? nullptr : &*found;
  };
  const bundle::BundleUnit* primary = find(bundle.primary->str());
  if (primary == nullptr || !primary->name.is_timer()) return primary;
  const bundle::BundleUnit* started = find(primary->install.activates.value);
  return started == nullptr || started->name.is_timer() ? nullptr : started;
}

}  // namespace

std::string ReleaseDropIn::text() const {
  std::string text = "[Service]\n";
  for (const auto& [key, value] : settings) text += fmt::format("{}={}\n", key, value);
  return text;
}

Digest ReleaseDropIn::sha256() const { return Digest::of(text()); }

std::optional<ReleaseDropIn> make_drop_in(const bundle::Bundle& bundle) {
  const auto& resources = bundle.manifest.resources;
  const bundle::BundleUnit* service = service_of(bundle);
  if (!resources || service == nullptr) return std::nullopt;
  ReleaseDropIn drop_in{service->name, {}};
  const auto set = [&](const char* key, const auto& value, const char* suffix = "") {
    if (value) drop_in.settings.emplace(key, fmt::format("{}{}", *value, suffix));
  };
  set("CPUQuota", resources->cpu_max_percent, "%");
  set("MemoryHigh", resources->memory_high_bytes);
  set("MemoryMax", resources->memory_max_bytes);
  set("Slice", resources->slice);
  set("TasksMax", resources->tasks_max);
  if (drop_in.settings.empty()) return std::nullopt;
  return drop_in;
}

std::vector<unit::Directive> drop_in_directives(const ReleaseDropIn& drop_in,
                                                const std::optional<manifest::Resources>& asked) {
  std::vector<unit::Directive> directives;
  for (const auto& [key, value] : drop_in.settings) {
    SourceSpan at;
    if (asked) at = key == "Slice" ? asked->slice_at : asked->at;
    directives.push_back({"Service", key, value, std::move(at)});
  }
  return directives;
}

Json to_json(const ReleaseDropIn& drop_in) {
  return {{"unit", drop_in.unit.str()}, {"settings", drop_in.settings}};
}

Result<ReleaseDropIn> drop_in_from_json(const Json& json) {
  ReleaseDropIn drop_in{TRY(UnitName::parse(TRY(text_field(json, "unit")))), {}};
  const Json* settings = TRY(object_field(json, "settings"));
  for (const std::string_view key : kSettings) {
    if (!settings->contains(key)) continue;
    std::string value = TRY(text_field(*settings, std::string(key).c_str()));
    if (value.empty() || has_control_character(value)) {
      return tl::unexpected(Error(fmt::format("\"{}\" is no value of a setting", key)));
    }
    drop_in.settings.emplace(key, std::move(value));
  }
  if (drop_in.settings.empty() || drop_in.settings.size() != settings->size()) {
    return tl::unexpected(Error("\"settings\" has other settings than those of resources"));
  }
  return drop_in;
}

}  // namespace addon::plan
