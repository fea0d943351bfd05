#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "host/state.hpp"
#include "plan/release.hpp"
#include "plan/step.hpp"

namespace addon::plan {

struct StateDirSteps {
  std::vector<Action> actions;
  std::vector<Finding> findings;  ///< why it cannot be done on this host
};

/// Why nothing may be made for a user in a directory, as a sentence about its path; "" where it may: it is
/// root's or the user's own, and nobody else can write to it.
std::string unfit_above(const std::string& path, const host::FileState& state, unsigned owner);

/// The directories of a release that are missing or have another owner or mode. `bundle` is where they are
/// asked for; null where it cannot be read.
StateDirSteps make_state_dirs(const Release& wanted, const bundle::Bundle* bundle,
                              const host::HostState& host);

/// Deletes those of a release that are there, one within another together with it. None that an add-on of
/// `active` keeps data in, around or below.
/// `purged` are all those of the run: what two of them name, or one has in another's, is one step.
StateDirSteps purge_state_dirs(const Release& gone, const std::map<AddonId, Release>& purged,
                               const std::map<AddonId, Release>& active, const host::HostState& host);

/// Add-ons that keep data in the same directory agree about its owner and mode: what does not, of those
/// that are `wanted`.
std::vector<Finding> check_shared_state_dirs(const std::map<AddonId, Release>& active,
                                             const std::set<AddonId>& wanted);

/// What a manifest asks for by its state directories: the paths, and the users or groups that it names.
std::vector<Asked> asked_state_dirs(const manifest::Manifest& manifest);
std::vector<Asked> asked_names(const manifest::Manifest& manifest, std::string manifest::StateDir::*name);

}  // namespace addon::plan
