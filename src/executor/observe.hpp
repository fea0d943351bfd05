#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "executor/ports.hpp"
#include "executor/state_dirs.hpp"
#include "host/state.hpp"
#include "plan/generation.hpp"
#include "plan/release.hpp"

namespace addon::executor {

/// What to look at: everything that a plan about these releases may touch.
struct Subjects {
  /// Each add-on with every release of it that matters: recorded, wanted, rolled back to.
  std::map<AddonId, std::vector<plan::Release>> addons;
  /// Users that units name, besides each release's run_as.
  std::set<std::string> users;
  /// Programs that units run, but for an add-on's own, by their absolute paths.
  std::set<std::string> programs = {};
  /// How far to look into state directories.
  Count data = Count::none;
  /// Add-ons that are not active, whose data is looked at.
  std::vector<plan::Release> gone = {};
};

/// Observes the host once, through descriptors that follow no symlink. What does not fit (a
/// tampered tree) is part of the observation and no error. Files whose identity is in `known` are
/// not read.
Result<host::HostState> observe(const Subjects& subjects, const host::KnownDigests& known, Ports& ports);

}  // namespace addon::executor
