#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "core/addon_id.hpp"
#include "core/version.hpp"
#include "plan/plan.hpp"
#include "plan/step.hpp"
#include "policy/scopes.hpp"
#include "policy/verdicts.hpp"

namespace addon::policy {

/// What is needed to judge one step of an add-on.
struct Bench {
  const AddonId& addon;
  const SitePolicy& policy;
  const Scopes& scopes;
  plan::Step& step;
  Verdicts& verdicts;
};

/// Each judges one kind of action, which is that of bench.step.
void judge_file_capabilities(Bench& bench, const plan::SetCapabilities& action);
void judge_stage(Bench& bench, const plan::Stage& action);
/// Of the version that becomes active; without terms it is refused.
void judge_terms(Bench& bench, const Version& version, const std::optional<plan::Terms>& terms);
void judge_state_dir(Bench& bench, const plan::MakeStateDir& action);
/// The program of a health check, if it has one, and the user that it runs as.
void judge_health(Bench& bench, const plan::CheckHealth& action);
/// What a step makes active, and what was before it.
struct Activation {
  const std::optional<Version>& before;
  const Version& after;
};
/// `change` is what the plan does to the add-on as a whole: from which version, and which was the newest
/// ever.
void judge_downgrade(Bench& bench, const Activation& activation, const std::optional<plan::Terms>& terms,
                     const plan::AddonChange* change);
/// Who vouches for an add-on; null where nobody does.
struct Vouching {
  const bundle::Signer* now = nullptr;   ///< by a key that is trusted
  const bundle::Signer* once = nullptr;  ///< as recorded, when it was applied
};
/// The first action that gives the add-on something: whether the site believes who vouches for it.
void judge_signature(Bench& bench, const Vouching& vouching);
/// `own_units` are the names of the add-on's units.
void judge_unit(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units);
/// The same of what a drop-in adds to a unit.
void judge_drop_in(Bench& bench, const plan::InstallDropIn& action, const std::set<std::string>& own_units);

/// Parts of judge_unit: directives that are forbidden or required; references to other units; the programs
/// of a service; its ambient capabilities, and what one that starts as root keeps.
void judge_forbidden(Bench& bench, const plan::InstallUnit& action);
void judge_required(Bench& bench, const plan::InstallUnit& action);
void judge_references(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units);
void judge_programs(Bench& bench, const plan::InstallUnit& action);
/// Files that systemd opens as root for the unit, and directories that it gives to it.
void judge_paths(Bench& bench, const plan::InstallUnit& action);
void judge_ambient(Bench& bench, const plan::InstallUnit& action);
void judge_bounding_set(Bench& bench, const plan::InstallUnit& action);

/// Whether the unit's directive of that name was refused as a forbidden one, so that what it does need
/// not be refused, too.
bool is_forbidden(const Bench& bench, const plan::InstallUnit& action, std::string_view directive);

/// The line that allows the user or group; empty where a policy cannot name it.
Entry user_entry(const std::string& user);
inline constexpr const char* kOtherUser =
    "name a user by lower-case letters, digits, '_' and '-': a policy can name no other";

/// The user by whom a service's or manifest's text means it: "root" for "" and "0".
std::string user_name(const std::string& user);

}  // namespace addon::policy
