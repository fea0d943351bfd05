#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bundle/signature.hpp"
#include "core/addon_id.hpp"
#include "core/digest.hpp"
#include "core/finding.hpp"
#include "core/json.hpp"
#include "plan/generation.hpp"
#include "plan/release.hpp"
#include "plan/step.hpp"

namespace addon::plan {

/// Raised whenever a plan made by an older executor must not be run by this one.
inline constexpr int kPlanVersion = 2;

/// One add-on that the plan was asked to install, and the bytes it was compiled from.
struct AddonInput {
  AddonId id;
  Version version;
  std::string source;  ///< the bundle, as named; "" for a version that is installed already
  Digest manifest;
  std::map<std::string, Digest> files;
  std::optional<Digest> override_sha256{};  ///< of the local override that holds for it
};

struct Summary {
  int add = 0;
  int update = 0;
  int remove = 0;
  int unchanged = 0;
  int unsupported = 0;  ///< wanted, and nothing is done: this host cannot run them

  bool has_changes() const { return add + update + remove > 0; }
};

/// What happens to one add-on as a whole.
enum class ChangeKind { add, update, remove, unchanged, unsupported };
struct AddonChange {
  ChangeKind kind = ChangeKind::unchanged;
  std::optional<Version> from;
  std::optional<Version> to;
  std::optional<Version> newest{};  ///< that was ever active, where it is newer than `from`
};

/// The ordered steps that take the observed host to what is wanted, and all that they depend on.
struct Plan {
  std::string verb;  ///< "apply", "rollback", "remove"
  bool prune = false;
  Digest policy;
  /// Whose signature was verified for this plan, of the add-ons that are wanted or kept. Policy goes by it.
  std::map<AddonId, bundle::Signer> signers{};
  Digest host;                   ///< of the observed state that the plan touches
  std::uint64_t generation = 0;  ///< the one it starts from
  std::vector<AddonInput> inputs;
  std::map<AddonId, AddonChange> changes;
  std::vector<Step> steps;
  Summary summary;
  std::map<AddonId, Release> result;           ///< what is active afterwards: the next generation
  std::map<UnitName, HostDropIns> drop_ins{};  ///< of the units of `result`, as Generation has them
};

/// The plan as its public JSON, "digest" included: SHA-256 over the canonical form of the rest.
Json to_json(const Plan& plan);
Digest digest_of(const Plan& plan);

/// A plan that was saved to a file: enough to show it and to compile it again.
struct SavedPlan {
  Json json;  ///< the object at "plan"
  std::string digest;
  std::vector<std::string> sources;  ///< bundles, as named when it was made
  bool prune = false;
};

/// Reads a saved plan. Schema violations are findings of their own; a digest that does not fit
/// the rest is rule plan-edited. Error kind: invalid.
Result<SavedPlan> read_saved_plan(std::string_view text, const std::string& file);

/// The same of what another process has read, as it says: what is relied on is checked again, its digest
/// included, without a parser or a schema. Error kind: invalid, without findings.
Result<SavedPlan> saved_plan_of(Json json);

/// What differs between a saved plan and one compiled now from the same sources; empty when it
/// is not stale. Each a short phrase: "the policy", "file bin/x of probe", "the host: probe".
std::vector<std::string> differences(const SavedPlan& saved, const Plan& now);

}  // namespace addon::plan
