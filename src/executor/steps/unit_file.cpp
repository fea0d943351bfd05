#include "executor/steps/unit_file.hpp"

#include <fmt/format.h>

namespace addon::executor {

Result<> check_unit_file(const host::Directory& units, const UnitName& unit,
                         const std::optional<Digest>& expected) {
  const RelativePath name = RelativePath::of({unit.str()});
  const auto state = TRY(units.stat(name));
  if (state.has_value() != expected.has_value()) {
    return tl::unexpected(Error(fmt::format("/etc/systemd/system/{} {} since the plan was made", unit.str(),
                                            state ? "appeared" : "disappeared"),
                                ErrorKind::stale));
  }
  if (!state) return {};
  Digest found;
  if (state->type == host::FileType::regular) {
    const auto file = TRY(units.open_file(name));
    found = TRY(host::hash_file(*file));
  }
  if (found == *expected) return {};
  return tl::unexpected(Error(
      fmt::format("/etc/systemd/system/{} changed since the plan was made", unit.str()), ErrorKind::stale));
}

Result<std::optional<std::uint64_t>> unit_inode(const host::Directory& units, const std::string& name) {
  const auto state = TRY(units.stat(TRY(RelativePath::parse(name))));
  return state ? std::optional(state->identity.inode) : std::nullopt;
}

std::string other_name(const StepContext& context, const UnitName& unit) {
  constexpr std::size_t enough = 16;
  return fmt::format(".addonctl-{}-{}.tmp", context.transaction,
                     Digest::of(unit.str()).hex().substr(0, enough));
}

}  // namespace addon::executor
