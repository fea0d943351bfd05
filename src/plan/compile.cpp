#include "plan/compile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <variant>

#include "plan/compile_addon.hpp"
#include "plan/compile_registry.hpp"
#include "plan/foreign_drop_ins.hpp"
#include "plan/host_checks.hpp"
#include "plan/lint.hpp"
#include "plan/observation.hpp"
#include "plan/order.hpp"
#include "plan/packaged.hpp"
#include "plan/requirements.hpp"
#include "plan/state_dirs.hpp"

namespace addon::plan {

namespace {

void append(std::vector<Finding>& to, std::vector<Finding> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

AddonInput input_of(const bundle::Bundle& bundle) {
  AddonInput input{.id = bundle.manifest.id.value,
                   .version = bundle.manifest.version.value,
                   .source = bundle.source,
                   .manifest = bundle.manifest_sha256,
                   .files = {}};
  for (const bundle::BundleFile& file : bundle.files) input.files.emplace(file.path.str(), file.sha256);
  input.override_sha256 = bundle.override_sha256;
  return input;
}

class Compiler {
 public:
  Compiler(const Wish& wish, const Generation& generation, const host::HostState& host)
      : wish_(wish), generation_(generation), host_(host) {
    out_.plan.verb = wish.verb;
    out_.plan.prune = wish.prune;
    out_.plan.generation = generation.number;
    out_.plan.result = generation.addons;
  }

  Compiled run(const Digest& policy) && {
    for (const bundle::Bundle& bundle : wish_.wanted) want(bundle);
    for (const bundle::Bundle& bundle : wish_.disabled) {
      if (!bundle.source.empty()) out_.plan.inputs.push_back(input_of(bundle));
    }
    for (const auto& [id, bundle] : wish_.kept) keep(id, bundle);
    for (const AddonId& id : wish_.unwanted) drop(id);
    if (wish_.prune) prune();
    for (const auto& [id, release] : wish_.purged) purge(release);
    append(out_.findings, check_shared_state_dirs(out_.plan.result, wanted_ids()));
    check_unit_names();
    check_requirements();
    assemble();
    record_drop_ins();
    out_.plan.policy = policy;
    out_.plan.signers = wish_.signers;
    out_.plan.host = digest_of_observation(host_, touched_, primaries());
    append(out_.findings, traps(out_.plan.steps));
    append(out_.findings, check_programs(out_.plan.steps, host_));
    sort_findings(out_.findings);
    return std::move(out_);
  }

 private:
  const Release* recorded(const AddonId& id) const {
    const auto found = generation_.addons.find(id);
    return found == generation_.addons.end() ? nullptr : &found->second;
  }

  void want(const bundle::Bundle& bundle) {
    const AddonId& id = bundle.manifest.id.value;
    if (!bundle.source.empty()) out_.plan.inputs.push_back(input_of(bundle));
    append(out_.findings, check_host(bundle, generation_, host_));
    append(out_.findings, check_package(bundle, host_));
    append(out_.findings, check_program_and_agent(bundle, host_));
    Release release = make_release(bundle);
    // The same bytes again, and without their signature: that they were signed stays true.
    const Release* before = recorded(id);
    if (!release.signer && before != nullptr && is_content_of(bundle, *before))
      release.signer = before->signer;
    if (!is_model_supported(bundle.manifest, host_)) return leave_out(release);
    terms_.insert_or_assign(id, terms_of(bundle.manifest));
    add(id, compile_wanted(release, {recorded(id), &bundle, generation_, host_}));
    out_.plan.result.insert_or_assign(id, std::move(release));
  }

  // It stays as it is, and so does what is active of it.
  void leave_out(const Release& release) {
    touched_.insert(release.id);
    AddonChange change{ChangeKind::unsupported, std::nullopt, release.version};
    if (const Release* active = recorded(release.id)) change.from = active->version;
    out_.plan.changes.insert_or_assign(release.id, std::move(change));
    ++out_.plan.summary.unsupported;
  }

  void keep(const AddonId& id, const std::optional<bundle::Bundle>& bundle) {
    const Release* release = recorded(id);
    if (release == nullptr) return;
    if (bundle) terms_.insert_or_assign(id, terms_of(bundle->manifest));
    add(id, compile_wanted(*release, {release, bundle ? &*bundle : nullptr, generation_, host_}));
  }

  void drop(const AddonId& id) {
    if (recorded(id) == nullptr) return;
    add(id, compile_unwanted(id, {recorded(id), nullptr, generation_, host_}));
    out_.plan.result.erase(id);
  }

  void prune() {
    for (const auto& [id, release] : generation_.addons) {
      if (!touched_.contains(id)) drop(id);
    }
  }

  // Of one that is not active any more nothing else is left to change.
  void purge(const Release& release) {
    StateDirSteps steps = purge_state_dirs(release, wish_.purged, out_.plan.result, host_);
    append(out_.findings, std::move(steps.findings));
    if (steps.actions.empty()) return;
    out_.plan.changes.try_emplace(release.id);
    phases_[release.id].purge = std::move(steps.actions);
  }

  std::set<AddonId> wanted_ids() const {
    std::set<AddonId> ids;
    for (const bundle::Bundle& bundle : wish_.wanted) ids.insert(bundle.manifest.id.value);
    return ids;
  }

  void add(const AddonId& id, AddonPlan plan) {
    touched_.insert(id);
    append(out_.findings, check_tree(id, host_));
    append(out_.findings, std::move(plan.findings));
    switch (plan.change.kind) {
      case ChangeKind::add:
        ++out_.plan.summary.add;
        break;
      case ChangeKind::update:
        ++out_.plan.summary.update;
        break;
      case ChangeKind::remove:
        ++out_.plan.summary.remove;
        break;
      case ChangeKind::unchanged:
        ++out_.plan.summary.unchanged;
        break;
      case ChangeKind::unsupported:
        break;
    }
    remember_newest(id, plan.change);
    out_.plan.changes.insert_or_assign(id, std::move(plan.change));
    phases_.emplace(id, std::move(plan.phases));
  }

  void check_requirements() {
    for (const bundle::Bundle& bundle : wish_.wanted) {
      append(out_.findings, check_required_addons(bundle, out_.plan.result));
    }
    append(out_.findings, check_needed_addons(wish_.wanted, generation_, out_.plan.result));
    append(out_.findings, check_circles(wish_.wanted, out_.plan.result));
  }

  void remember_newest(const AddonId& id, AddonChange& change) const {
    const auto newest = newest_committed(generation_, id);
    if (newest && (!change.from || newest->precedence(*change.from) > 0)) change.newest = newest;
  }

  std::set<UnitName> judged_units() const {
    std::set<UnitName> judged;
    for_each_unit(out_.plan.steps, [&](const InstallUnit& unit) { judged.insert(unit.unit); });
    return judged;
  }

  // Only what policy gets to see with this plan: the record says that it was allowed.
  void record_drop_ins() {
    const std::set<UnitName> judged = judged_units();
    for (const auto& [id, release] : out_.plan.result) {
      for (const ReleaseUnit& unit : release.units) {
        const auto found = host_.units.find(unit.name);
        if (judged.contains(unit.name) && found != host_.units.end()) {
          out_.plan.drop_ins.emplace(unit.name, record_of(found->second.drop_ins));
        } else if (const auto old = generation_.drop_ins.find(unit.name); old != generation_.drop_ins.end()) {
          out_.plan.drop_ins.insert(*old);
        }
      }
    }
  }

  std::set<UnitName> primaries() const {
    std::set<UnitName> names;
    for (const auto* addons : {&generation_.addons, &out_.plan.result}) {
      for (const auto& [id, release] : *addons) {
        if (release.primary) names.insert(*release.primary);
      }
    }
    return names;
  }

  // Two bundles of one run may not bring the same unit either.
  void check_unit_names() {
    std::map<UnitName, const bundle::Bundle*> owners;
    for (const bundle::Bundle& bundle : wish_.wanted) {
      for (const bundle::BundleUnit& unit : bundle.units) {
        const auto [owner, is_new] = owners.emplace(unit.name, &bundle);
        if (is_new) continue;
        Finding finding = make_finding(rules::host_unit_foreign,
                                       fmt::format("unit name {} is also brought by add-on {}",
                                                   unit.name.str(), owner->second->manifest.id.value.str()),
                                       unit.asked_at);
        finding.addon = bundle.manifest.id.value.str();
        finding.fix = "give the unit a name of its own";
        out_.findings.push_back(std::move(finding));
      }
    }
  }

  // What goes needs what its record says; all others what they will need.
  void set_order() {
    std::map<AddonId, Release> gone;
    std::map<AddonId, Release> stay;
    for (const auto& [id, phases] : phases_) {
      const auto found = out_.plan.result.find(id);
      if (found != out_.plan.result.end()) {
        stay.insert(*found);
      } else {
        const Release* active = recorded(id);
        gone.emplace(id, active != nullptr ? *active : wish_.purged.at(id));
      }
    }
    upward_ = dependents_first(needs_of(gone));
    downward_ = upward_;
    const std::vector<AddonId> up = dependents_first(needs_of(stay));
    const std::vector<AddonId> down = needed_first(needs_of(stay));
    upward_.insert(upward_.end(), up.begin(), up.end());
    downward_.insert(downward_.end(), down.begin(), down.end());
  }

  void take(std::vector<Action> Phases::*phase, const std::vector<AddonId>& order) {
    for (const AddonId& id : order) {
      for (Action& action : phases_.at(id).*phase) out_.plan.steps.push_back({std::move(action), {}});
    }
  }

  void assemble() {
    set_order();
    take(&Phases::stage, downward_);
    take(&Phases::grant, downward_);
    take(&Phases::stop, upward_);
    take(&Phases::dirs, downward_);
    take(&Phases::units, downward_);
    take(&Phases::current, downward_);
    take(&Phases::enable, downward_);
    reload();
    take(&Phases::start, downward_);
    take(&Phases::health, downward_);
    const std::size_t ready = out_.plan.steps.size();
    take(&Phases::revoke, downward_);
    take(&Phases::purge, upward_);
    tell_agent(ready);
  }

  // Around all that makes it true: whoever reads the registry never sees what is not ready.
  void tell_agent(std::size_t ready) {
    std::vector<Step>& steps = out_.plan.steps;
    const RegistryFacts facts{generation_, out_.plan.result, host_, terms_, out_.plan.summary.has_changes()};
    auto withdraw = withdraw_step(steps, facts);
    auto publish = publish_step(steps, facts);
    if (publish) steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(ready), {std::move(*publish), {}});
    if (withdraw) steps.insert(steps.begin(), {std::move(*withdraw), {}});
  }

  // Links count, too: systemd learns of a new Wants= only by reading its units again.
  void reload() {
    if (!host_.runs_systemd()) return;
    std::set<UnitName> changed;
    for (const Step& step : out_.plan.steps) {
      if (const auto* install = std::get_if<InstallUnit>(&step.action)) changed.insert(install->unit);
      if (const auto* remove = std::get_if<RemoveUnit>(&step.action)) changed.insert(remove->unit);
      if (const auto* install = std::get_if<InstallDropIn>(&step.action))
        changed.insert(install->drop_in.unit);
      if (const auto* remove = std::get_if<RemoveDropIn>(&step.action)) changed.insert(remove->unit);
      if (const auto* enable = std::get_if<SetEnablement>(&step.action)) changed.insert(enable->unit);
      if (const auto* package = std::get_if<UsePackage>(&step.action)) {
        for (const UsePackage::Unit& unit : package->units) changed.insert(unit.name);
      }
    }
    if (changed.empty()) return;
    out_.plan.steps.push_back({Reload{{changed.begin(), changed.end()}}, {}});
  }

  const Wish& wish_;
  const Generation& generation_;
  const host::HostState& host_;
  Compiled out_;
  std::set<AddonId> touched_;
  std::map<AddonId, Terms> terms_;
  std::map<AddonId, Phases> phases_;
  std::vector<AddonId> downward_;  ///< what goes, before what it needs; then all others, after what they need
  std::vector<AddonId> upward_;    ///< each before what it needs, what goes first
};

}  // namespace

Compiled compile(const Wish& wish, const Generation& generation, const host::HostState& host,
                 const Digest& policy) {
  return Compiler(wish, generation, host).run(policy);
}

}  // namespace addon::plan
