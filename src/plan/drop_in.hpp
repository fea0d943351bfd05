#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/digest.hpp"
#include "core/json.hpp"
#include "core/unit_name.hpp"
#include "unit/unit_file.hpp"

namespace addon::plan {

/// Name of addonctl's own drop-in, in UNIT.d beside the unit. Others there are the operator's.
inline constexpr std::string_view kDropInName = "50-addonctl-resources.conf";

/// The limits of a release's service, as addonctl's drop-in sets them: systemd.resource-control(5).
struct ReleaseDropIn {
  UnitName unit;                                ///< the service that runs the program
  std::map<std::string, std::string> settings;  ///< "MemoryMax" to "268435456"; not empty

  /// The bytes of the file.
  std::string text() const;
  Digest sha256() const;

  bool operator==(const ReleaseDropIn&) const = default;
};

/// Of what the manifest says under `resources`; nullopt where it limits nothing, or where no service of
/// the bundle runs the program.
std::optional<ReleaseDropIn> make_drop_in(const bundle::Bundle& bundle);

/// The same as directives of the unit, for policy, each where the manifest asks for it, as far as that
/// was read.
std::vector<unit::Directive> drop_in_directives(const ReleaseDropIn& drop_in,
                                                const std::optional<manifest::Resources>& asked);

Json to_json(const ReleaseDropIn& drop_in);
/// The inverse. Settings that make_drop_in never makes are an error.
Result<ReleaseDropIn> drop_in_from_json(const Json& json);

}  // namespace addon::plan
