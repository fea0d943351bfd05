#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/addon_id.hpp"
#include "core/digest.hpp"
#include "core/json.hpp"
#include "core/unit_name.hpp"
#include "host/caller.hpp"
#include "host/state.hpp"
#include "plan/release.hpp"

namespace addon::plan {

/// The host's own drop-ins for a unit, by their path. None: there were none.
using HostDropIns = std::map<std::string, Digest>;

/// The numbered record of a committed transaction: the complete set of active add-ons.
/// Generation 0 is the host before the first one: nothing is active.
struct Generation {
  std::uint64_t number = 0;
  std::string time;  ///< RFC 3339, UTC
  std::string verb;  ///< "apply", "rollback", "remove"
  std::string plan_digest;
  std::string summary;                   ///< "added probe 1.0.0; removed scan"
  std::optional<host::Caller> caller{};  ///< who asked for it; records of earlier versions do not say
  std::map<AddonId, Release> addons;
  /// What the host added to each unit when its add-on was last applied, and policy judged with it.
  /// A unit of a record by an earlier version is not there.
  std::map<UnitName, HostDropIns> drop_ins{};
  /// Every version that was ever active, and what it held: content_digest(). It outlives removal and gc, so
  /// that none comes back as an older or another one unseen.
  std::map<AddonId, std::map<Version, Digest>> committed{};
  host::KnownDigests known;  ///< of staged files, and of the bundle files they came from
};

/// Adds what is active to `committed`.
void remember_committed(Generation& generation);

/// The newest version of an add-on that was ever active, by SemVer's precedence; nullopt for none.
std::optional<Version> newest_committed(const Generation& generation, const AddonId& id);

Json to_json(const Generation& generation);
Result<Generation> generation_from_json(const Json& json);

}  // namespace addon::plan
