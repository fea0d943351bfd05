#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "manifest/checks.hpp"

namespace addon::manifest {

namespace {
std::optional<Sourced<UnitName>> read_unit(Reader& reader, const Field& field) {
  const std::string* text = reader.plain_text(field);
  if (text == nullptr) return std::nullopt;
  Result<UnitName> name = UnitName::parse(*text);
  if (!name) {
    reader.report(rules::unsafe_unit_name, field, fmt::format("{}: {}", field.label, name.error().message()));
    return std::nullopt;
  }
  return Sourced<UnitName>{*std::move(name), reader.span(field), field.pointer};
}

// The suffix that the primary unit must have, or "" when systemd does not run the add-on.
std::string_view primary_suffix(std::optional<Supervision> supervision) {
  if (supervision == Supervision::systemd_service) return ".service";
  return supervision == Supervision::systemd_timer ? ".timer" : "";
}
}  // namespace

std::optional<std::vector<Sourced<UnitName>>> read_units(Reader& reader) {
  const Field list = reader.root()["systemd"]["units"];
  if (!list) return std::nullopt;
  std::vector<Sourced<UnitName>> units;
  for (const Field& item : list.items()) {
    if (std::optional<Sourced<UnitName>> unit = read_unit(reader, item)) units.push_back(*std::move(unit));
  }
  return units;
}

std::optional<Sourced<UnitName>> read_primary(Reader& reader,
                                              const std::optional<std::vector<Sourced<UnitName>>>& units) {
  const Field field = reader.root()["systemd"]["primary"];
  std::optional<Sourced<UnitName>> primary = read_unit(reader, field);
  if (!primary) return std::nullopt;
  const std::string* model = reader.text(reader.root()["supervision"]);
  const std::string_view suffix = primary_suffix(model == nullptr ? std::nullopt : supervision_from(*model));
  if (!suffix.empty() && primary->value.suffix() != suffix) {
    reader.report(
        rules::primary_unit_missing, field,
        fmt::format("{} is {}, but {} starts a {}", field.label, primary->value.str(), *model, suffix),
        fmt::format("name a {}, or change supervision", suffix));
    return std::nullopt;
  }
  const auto is_primary = [&](const Sourced<UnitName>& unit) { return unit.value == primary->value; };
  if (units && std::none_of(units->begin(), units->end(), is_primary)) {
    reader.report(rules::primary_unit_missing, field,
                  fmt::format("{} is {}, which is not in systemd.units", field.label, primary->value.str()),
                  "add it to systemd.units");
    return std::nullopt;
  }
  return primary;
}

}  // namespace addon::manifest
