#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/finding.hpp"
#include "core/result.hpp"
#include "executor/generations.hpp"
#include "executor/ports.hpp"
#include "plan/compile.hpp"
#include "plan/intact.hpp"
#include "policy/judge.hpp"
#include "policy/site_policy.hpp"

namespace addon::executor {

/// A bundle that the caller opened: a directory, or an archive, which is read only once.
struct BundleSource {
  std::string name;                                  ///< as the caller named it
  std::shared_ptr<const host::Directory> directory;  ///< null of an archive
  std::shared_ptr<const bundle::ReadBundle> archive = nullptr;
};

/// What a verb wants, before anything is read.
struct Request {
  enum class Verb { apply, rollback_addon, rollback_host, remove, repair };
  Verb verb = Verb::apply;
  std::vector<BundleSource> bundles;        ///< apply
  bool prune = false;                       ///< apply
  bool allow_downgrade = true;              ///< apply: whoever asks means an older version, too
  std::set<AddonId> addons;                 ///< remove; rollback_addon: the one; repair: empty means all
  std::optional<std::uint64_t> generation;  ///< rollback_host: default the one before
  bool purge = false;                       ///< remove: their data, too, also of add-ons that are not active
  bool rehash = false;                      ///< believe no digest that a generation knows
};

/// A compiled and judged plan, and what it was made from.
struct Prepared {
  plan::Plan plan;                      ///< annotated with decisions
  std::vector<Finding> findings;        ///< errors among them: it cannot be run
  std::vector<bundle::Bundle> bundles;  ///< staging reads through these
  /// What was last committed. Its known digests are joined by those that were computed now.
  plan::Generation generation;
  std::vector<std::string> warnings;  ///< sentences: records that are damaged
  /// remove: state directories of add-ons that go, with something in them, that stay.
  std::vector<std::pair<AddonId, std::string>> kept_data;
  /// repair: what about the files of an add-on's recorded version is not as recorded.
  std::map<AddonId, std::vector<plan::FileDifference>> differences;
  /// repair: the host's drop-ins for each unit for which they are not as recorded.
  std::map<UnitName, plan::HostDropIns> drop_ins;
  /// repair: the state that systemd says each unit is in: "active", "failed"; none below --root.
  std::map<UnitName, std::string> unit_states;
};

/// Reads the bundles, verifies their signatures by the policy's keys, observes the host, compiles and judges.
/// Changes nothing. Each file is read
/// and hashed at most once, and not at all when a generation knows it by its identity.
/// Errors are for what leaves no plan at all: an unreadable generation, a rollback target that is
/// missing or altered (named), nothing to roll back to.
Result<Prepared> prepare(const Request& request, const policy::SitePolicy& policy, Ports& ports);

}  // namespace addon::executor
