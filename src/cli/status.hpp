#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cli/drift.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "plan/release.hpp"

namespace addon::cli {

struct UnitReport {
  std::string name;
  bool enabled = false;
  std::string active_state;  ///< "active", "failed", …; "" below --root, where nothing runs
};

/// One active add-on, as recorded and as found.
struct AddonReport {
  plan::Release release;
  std::string current;  ///< what `current` leads to; "" where there is none
  /// Path on the host and capabilities as text, of files that have any.
  std::vector<std::pair<std::string, std::string>> file_capabilities;
  std::vector<UnitReport> units;
  std::vector<Drift> drift;
};

struct HostReport {
  std::uint64_t generation = 0;
  std::vector<AddonReport> addons;    ///< sorted by id
  std::vector<Drift> drift;           ///< of no add-on: the registry
  std::vector<std::string> warnings;  ///< records that are damaged
};

/// What is active on the host, of these add-ons only where any are named. Error: kind usage for
/// one that is not installed.
Result<HostReport> read_status(Session& session, const std::set<AddonId>& only);

Json to_json(const HostReport& status);
/// A table, a line an add-on and one for each of its units beneath; where that is wider than kScreenColumns,
/// each add-on by itself.
std::string render(const HostReport& status, const Palette& palette = Palette());

}  // namespace addon::cli
