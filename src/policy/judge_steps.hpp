#pragma once

#include <set>
#include <string>

#include "core/addon_id.hpp"
#include "plan/step.hpp"
#include "policy/scopes.hpp"
#include "policy/verdicts.hpp"

namespace addon::policy {

/// What is needed to judge one step of an add-on.
struct Bench {
  const AddonId& addon;
  const Scopes& scopes;
  plan::Step& step;
  Verdicts& verdicts;
};

/// Each judges one kind of action, which is that of bench.step.
void judge_file_capabilities(Bench& bench, const plan::SetCapabilities& action);
void judge_terms(Bench& bench, const plan::SwitchCurrent& action);
/// `own_units` are the names of the add-on's units.
void judge_unit(Bench& bench, const plan::InstallUnit& action, const std::set<std::string>& own_units);

/// Parts of judge_unit: the ambient capabilities of a service, and what one that starts as root keeps.
void judge_ambient(Bench& bench, const plan::InstallUnit& action);
void judge_bounding_set(Bench& bench, const plan::InstallUnit& action);

/// The user by whom a service's or manifest's text means it: "root" for "" and "0".
std::string user_name(const std::string& user);

}  // namespace addon::policy
