#include "executor/steps/unit_file.hpp"

#include <fmt/format.h>

#include <utility>

#include "executor/layout.hpp"
#include "plan/drop_in.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

UnitPlace::UnitPlace(UnitName unit, std::string name, bool is_drop_in)
    : unit_(std::move(unit)), name_(std::move(name)), is_drop_in_(is_drop_in) {}

UnitPlace UnitPlace::of_unit(UnitName unit) {
  std::string name = unit.str();
  return {std::move(unit), std::move(name), false};
}

UnitPlace UnitPlace::of_drop_in(UnitName unit) {
  return {std::move(unit), std::string(plan::kDropInName), true};
}

Result<UnitPlace> UnitPlace::read(const Json& record) {
  UnitName unit = TRY(UnitName::parse(TRY(plan::text_field(record, "unit"))));
  const std::string kind = TRY(plan::text_field(record, "kind"));
  return kind.ends_with("-drop-in") ? of_drop_in(std::move(unit)) : of_unit(std::move(unit));
}

RelativePath UnitPlace::directory() const { return is_drop_in_ ? drop_in_dir(unit_) : units_dir(); }

std::string UnitPlace::path() const { return fmt::format("/{}/{}", directory().str(), name_); }

std::string UnitPlace::description() const {
  return is_drop_in_ ? fmt::format("the limits of {}", unit_.str()) : unit_.str();
}

std::string UnitPlace::kind(std::string_view verb) const {
  return fmt::format("{}-{}", verb, is_drop_in_ ? "drop-in" : "unit");
}

std::string UnitPlace::other_name(const StepContext& context) const {
  constexpr std::size_t enough = 16;
  return fmt::format(".addonctl-{}-{}.tmp", context.transaction,
                     Digest::of(unit_.str()).hex().substr(0, enough));
}

Result<> check_unit_file(const host::Directory& directory, const UnitPlace& place,
                         const std::optional<Digest>& expected) {
  const RelativePath name = RelativePath::of({place.name()});
  const auto state = TRY(directory.stat(name));
  if (state.has_value() != expected.has_value()) {
    return tl::unexpected(
        Error(fmt::format("{} {} since the plan was made", place.path(), state ? "appeared" : "disappeared"),
              ErrorKind::stale));
  }
  if (!state) return {};
  Digest found;
  if (state->type == host::FileType::regular) {
    const auto file = TRY(directory.open_file(name));
    found = TRY(host::hash_file(*file));
  }
  if (found == *expected) return {};
  return tl::unexpected(
      Error(fmt::format("{} changed since the plan was made", place.path()), ErrorKind::stale));
}

Result<std::optional<std::uint64_t>> inode_of(const host::Directory& directory, const std::string& name) {
  const auto state = TRY(directory.stat(TRY(RelativePath::parse(name))));
  return state ? std::optional(state->identity.inode) : std::nullopt;
}

}  // namespace addon::executor
