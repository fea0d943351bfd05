#include "policy/judge.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "policy/judge_steps.hpp"
#include "policy/scopes.hpp"
#include "policy/verdicts.hpp"

namespace addon::policy {

namespace {

using OwnUnits = std::map<AddonId, std::set<std::string>>;

/// The units of each add-on once the plan is done: those that it installs and those that stay.
OwnUnits own_units(const plan::Plan& plan) {
  OwnUnits own;
  for (const plan::Step& step : plan.steps) {
    if (const auto* install = std::get_if<plan::InstallUnit>(&step.action)) {
      own[install->addon].insert(install->unit.str());
    }
    if (const auto* drop_in = std::get_if<plan::InstallDropIn>(&step.action)) {
      own[drop_in->addon].insert(drop_in->drop_in.unit.str());
    }
    if (const plan::Terms* terms = plan::terms_in(step.action)) {
      for (const plan::InstallUnit& unit : terms->standing_units)
        own[*plan::addon_of(step.action)].insert(unit.unit.str());
    }
  }
  for (const auto& [id, release] : plan.result) {
    for (const plan::ReleaseUnit& unit : release.units) own[id].insert(unit.name.str());
  }
  return own;
}

bool runs_program(const plan::Action& action) {
  const auto* health = std::get_if<plan::CheckHealth>(&action);
  return health != nullptr && health->program;
}

/// Taking something away from an add-on needs nobody's leave.
bool gives(const plan::Action& action) {
  if (const auto* capabilities = std::get_if<plan::SetCapabilities>(&action))
    return !capabilities->after.empty();
  if (const auto* change = std::get_if<plan::SwitchCurrent>(&action)) return change->after.has_value();
  if (const auto* enablement = std::get_if<plan::SetEnablement>(&action)) return enablement->enable;
  if (const auto* running = std::get_if<plan::SetRunning>(&action)) {
    return running->action != plan::RunAction::stop;
  }
  return std::holds_alternative<plan::Stage>(action) || std::holds_alternative<plan::InstallUnit>(action) ||
         std::holds_alternative<plan::InstallDropIn>(action) ||
         std::holds_alternative<plan::MakeStateDir>(action) || runs_program(action) ||
         std::holds_alternative<plan::UsePackage>(action);
}

const plan::AddonChange* change_of(const plan::Plan& plan, const AddonId& addon) {
  const auto change = plan.changes.find(addon);
  return change == plan.changes.end() ? nullptr : &change->second;
}

class Judge {
 public:
  Judge(const SitePolicy& policy, std::chrono::sys_days today, const OwnUnits& own_units,
        const plan::Plan& plan)
      : policy_(policy), today_(today), own_units_(own_units) {
    for (const auto& [id, signer] : plan.signers) signers_.emplace(id, signer);
  }

  void judge(const plan::Plan& plan, plan::Step& step) {
    step.allowed_by.clear();
    if (const auto* registry = std::get_if<plan::UpdateRegistry>(&step.action)) {
      for (const plan::RegistryChange& change : registry->changes) judge_entry(plan, step, change);
      return;
    }
    const AddonId* addon = plan::addon_of(step.action);
    if (addon == nullptr) return;
    Bench bench{*addon, policy_, scopes_for(*addon), step, verdicts_};
    if (gives(step.action) && seen_.insert(*addon).second)
      judge_signature(bench, vouching_for(*addon, plan.result));
    if (const auto* stage = std::get_if<plan::Stage>(&step.action)) {
      judge_stage(bench, *stage);
    } else if (const auto* capabilities = std::get_if<plan::SetCapabilities>(&step.action)) {
      judge_file_capabilities(bench, *capabilities);
    } else if (const auto* install = std::get_if<plan::InstallUnit>(&step.action)) {
      judge_unit(bench, *install, own_units_.at(*addon));
    } else if (const auto* drop_in = std::get_if<plan::InstallDropIn>(&step.action)) {
      judge_drop_in(bench, *drop_in, own_units_.at(*addon));
    } else if (const auto* dir = std::get_if<plan::MakeStateDir>(&step.action)) {
      judge_state_dir(bench, *dir);
    } else if (const auto* health = std::get_if<plan::CheckHealth>(&step.action)) {
      judge_health(bench, *health);
    } else if (const auto* change = std::get_if<plan::SwitchCurrent>(&step.action)) {
      if (!change->after) return;
      judge_activation(plan, bench, change->before, *change->after, change->terms);
      activated_.insert(*addon);
    } else if (const auto* package = std::get_if<plan::UsePackage>(&step.action)) {
      judge_activation(plan, bench, std::nullopt, package->version, package->terms);
      activated_.insert(*addon);
    }
  }

  // An add-on whose files no step switches to becomes active by its entry alone.
  void judge_entry(const plan::Plan& plan, plan::Step& step, const plan::RegistryChange& change) {
    if (!change.after || activated_.contains(change.addon)) return;
    Bench bench{change.addon, policy_, scopes_for(change.addon), step, verdicts_};
    if (seen_.insert(change.addon).second) judge_signature(bench, vouching_for(change.addon, plan.result));
    judge_activation(plan, bench, change.before, *change.after, change.terms);
  }

  /// Of an add-on that no step gives anything, and whose record changes: who vouches for it.
  void judge_record(const plan::Plan& plan, const AddonId& addon, const plan::AddonChange& change) {
    const bool is_recorded_anew =
        change.kind == plan::ChangeKind::add || change.kind == plan::ChangeKind::update;
    if (!is_recorded_anew || !seen_.insert(addon).second) return;
    plan::Step step{plan::SwitchCurrent{addon, change.from, change.to, std::nullopt}, {}};
    Bench bench{addon, policy_, scopes_for(addon), step, verdicts_};
    judge_signature(bench, vouching_for(addon, plan.result));
  }

  std::vector<Finding> take_findings() { return verdicts_.take_findings(); }
  std::vector<Verdict> take_verdicts() { return verdicts_.take_verdicts(); }

 private:
  void judge_activation(const plan::Plan& plan, Bench& bench, const std::optional<Version>& before,
                        const Version& after, const std::optional<plan::Terms>& terms) {
    judge_terms(bench, after, terms);
    // A rollback is the way back that everybody sees.
    if (plan.verb == "apply") judge_downgrade(bench, {before, after}, terms, change_of(plan, bench.addon));
    if (!terms) return;
    for (const plan::InstallUnit& unit : terms->standing_units) {
      judge_unit(bench, unit, own_units_.at(bench.addon));
    }
  }

  const Scopes& scopes_for(const AddonId& addon) {
    const bundle::Signer* signer = vouching_for(addon, {}).now;
    const auto key = signer == nullptr ? std::nullopt : std::optional(signer->key);
    return scopes_.try_emplace(addon, policy_, addon, today_, key).first->second;
  }

  Vouching vouching_for(const AddonId& addon, const std::map<AddonId, plan::Release>& result) const {
    Vouching vouching;
    if (const auto found = signers_.find(addon); found != signers_.end()) vouching.now = &found->second;
    const auto release = result.find(addon);
    if (release != result.end() && release->second.signer) vouching.once = &*release->second.signer;
    return vouching;
  }

  const SitePolicy& policy_;
  std::chrono::sys_days today_;
  const OwnUnits& own_units_;
  std::map<AddonId, bundle::Signer> signers_;
  std::set<AddonId> seen_;  ///< whose signature has been judged
  std::map<AddonId, Scopes> scopes_;
  Verdicts verdicts_;
  std::set<AddonId> activated_;  ///< judged where `current` is switched to them
};

}  // namespace

Judgement judge(plan::Plan plan, const SitePolicy& policy, std::chrono::sys_days today) {
  const OwnUnits own = own_units(plan);
  Judge judge(policy, today, own, plan);
  for (plan::Step& step : plan.steps) judge.judge(plan, step);
  for (const auto& [id, change] : plan.changes) judge.judge_record(plan, id, change);
  return {std::move(plan), judge.take_findings(), judge.take_verdicts()};
}

Result<ApprovedPlan> approve(plan::Plan plan, const SitePolicy& policy, std::chrono::sys_days today) {
  if (plan.policy != policy.digest) {
    return tl::unexpected(Error(
        "cannot approve the plan: it was made for another site policy; make a new plan", ErrorKind::stale));
  }
  Judgement judgement = judge(std::move(plan), policy, today);
  if (has_errors(judgement.findings)) return tl::unexpected(Error::of(std::move(judgement.findings)));
  return ApprovedPlan(std::move(judgement.plan));
}

}  // namespace addon::policy
