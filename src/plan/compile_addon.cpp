#include "plan/compile_addon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "plan/foreign_drop_ins.hpp"
#include "plan/intact.hpp"
#include "plan/packaged.hpp"
#include "plan/retire.hpp"
#include "plan/state_dirs.hpp"
#include "plan/version_content.hpp"

namespace addon::plan {

bool Phases::empty() const {
  return stage.empty() && grant.empty() && stop.empty() && dirs.empty() && units.empty() && current.empty() &&
         enable.empty() && start.empty() && health.empty() && revoke.empty() && purge.empty();
}

InstallUnit install_step(const bundle::BundleUnit& unit, const bundle::Bundle& bundle) {
  const manifest::Manifest& manifest = bundle.manifest;
  InstallUnit step{.addon = manifest.id.value,
                   .version = manifest.version.value,
                   .unit = unit.name,
                   .before = std::nullopt,
                   .after = unit.sha256,
                   .name = {unit.name.str(), unit.asked_at, {}},
                   .privileges = unit.privileges,
                   .install = unit.install,
                   .run_as = {manifest.run_as.value, manifest.run_as.at, manifest.run_as.pointer},
                   .granted_program = {},
                   .granted = asked_capabilities(manifest),
                   .directives = unit.directives};
  if (!step.granted.empty()) {
    step.granted_program =
        fmt::format("/opt/addons/{}/current/{}", manifest.id.value.str(), manifest.binary.value.str());
  }
  // What the unit will be is judged as one, its drop-in last, as systemd reads it.
  const auto drop_in = make_drop_in(bundle);
  if (drop_in && drop_in->unit == unit.name) {
    for (unit::Directive& directive : drop_in_directives(*drop_in, manifest.resources)) {
      step.directives.push_back(std::move(directive));
    }
  }
  return step;
}

namespace {

class WantedAddon {
 public:
  WantedAddon(const Release& wanted, const AddonFacts& facts)
      : wanted_(wanted), facts_(facts), state_(find_addon(facts.host, wanted.id)) {}

  AddonPlan compile() && {
    stage();
    grant();
    state_dirs();
    units();
    switch_current();
    enable();
    run();
    revoke();
    describe_change();
    return std::move(out_);
  }

 private:
  void stage() {
    const host::InstalledVersion* found = find_version(state_, wanted_.version);
    const bool known_version = facts_.recorded != nullptr && facts_.recorded->version == wanted_.version;
    const bool from_bundle = facts_.bundle != nullptr && !facts_.bundle->source.empty();
    if (known_version && !facts_.recorded->same_content(wanted_)) return refuse_content();
    if (had_other_content(wanted_, facts_.generation)) return refuse_content();
    if (!wanted_.is_staged()) return;
    if (found != nullptr && is_intact(*found, wanted_, facts_.host)) return;
    if (found != nullptr && !known_version && from_bundle && !has_same_bytes(*found, wanted_)) {
      return refuse_content();
    }
    out_.phases.stage.emplace_back(
        Stage{wanted_.id, wanted_.version, wanted_.run_as, wanted_.files, found != nullptr,
              facts_.bundle != nullptr ? facts_.bundle->manifest.version.at : SourceSpan{}});
    staged_ = true;
    if (from_bundle) return;
    if (found == nullptr) {
      needs_bundle(rules::host_version_missing, fmt::format("versions/{} of {} is missing on the host",
                                                            wanted_.version.str(), wanted_.id.str()));
    } else {
      needs_bundle(rules::host_version_altered,
                   fmt::format("versions/{} of {} is not what was installed on the host",
                               wanted_.version.str(), wanted_.id.str()));
    }
  }

  // What is installed cannot be made right from itself.
  void needs_bundle(const Rule& rule, std::string message) {
    Finding finding = make_finding(rule, std::move(message));
    finding.addon = wanted_.id.str();
    finding.fix = fmt::format("apply the bundle of {} {} again", wanted_.id.str(), wanted_.version.str());
    out_.findings.push_back(std::move(finding));
  }

  void refuse_content() { out_.findings.push_back(content_changed(wanted_, facts_)); }

  void grant() {
    const host::InstalledVersion* found = staged_ ? nullptr : find_version(state_, wanted_.version);
    for (const ReleaseFile& file : wanted_.files) {
      const host::InstalledFile* on_host = found != nullptr ? find_file(*found, file.path) : nullptr;
      const host::FileCapabilities before =
          on_host != nullptr ? on_host->capabilities : host::FileCapabilities{};
      host::FileCapabilities after;
      if (file.path == wanted_.binary) after = host::permitted_and_effective(wanted_.capabilities);
      if (before == after) continue;
      SetCapabilities step{wanted_.id, wanted_.version, file.path, before, after, {}};
      if (facts_.bundle != nullptr && !after.empty())
        step.asked = asked_capabilities(facts_.bundle->manifest);
      out_.phases.grant.emplace_back(std::move(step));
      granted_ = true;
    }
  }

  void state_dirs() {
    StateDirSteps steps = make_state_dirs(wanted_, facts_.bundle, facts_.host);
    out_.phases.dirs = std::move(steps.actions);
    std::move(steps.findings.begin(), steps.findings.end(), std::back_inserter(out_.findings));
  }

  void units() {
    if (facts_.recorded != nullptr) {
      retire_units(*facts_.recorded, &wanted_, facts_.host, out_.phases);
      if (retire_drop_in(*facts_.recorded, &wanted_, facts_.host, out_.phases)) {
        changed_units_.insert(facts_.recorded->drop_in->unit);
      }
      disarm_former_primary();
    }
    for (const ReleaseUnit& unit : wanted_.units) install_unit(unit);
    install_drop_in();
  }

  // A service that a timer starts from now on must not run and be enabled by itself any longer.
  void disarm_former_primary() {
    const auto& former = facts_.recorded->primary;
    if (!former || former == wanted_.primary || wanted_.find_unit(*former) == nullptr) return;
    if (const ReleaseUnit* unit = facts_.recorded->find_unit(*former)) {
      disarm_unit(wanted_.id, *unit, facts_.host, out_.phases);
    }
  }

  void install_unit(const ReleaseUnit& unit) {
    const host::UnitState* found = find_unit(facts_.host, unit.name);
    if (!unit.path.empty()) return judge_packaged(unit, found);
    const bool stands =
        found != nullptr && found->file && is_as_written(*found->file) && found->sha256 == unit.sha256;
    // With other drop-ins it is another unit: judged, installed and started anew.
    const bool is_judged_anew =
        stands && facts_.bundle != nullptr && has_other_drop_ins(unit.name, *found, facts_.generation);
    if (stands && !is_judged_anew) {
      if (const bundle::BundleUnit* source = find_source(unit.name)) {
        standing_.push_back(install_step(*source, *facts_.bundle));
        standing_.back().before = unit.sha256;
        add_drop_ins_of(*found, standing_.back());
      }
      return;
    }
    if (facts_.bundle == nullptr) {
      // Where the version itself is missing or altered, that is the cause and was said already.
      if (staged_) return;
      return needs_bundle(
          rules::host_version_altered,
          fmt::format(
              "/etc/systemd/system/{} is not what was installed, and versions/{} of {} cannot be read",
              unit.name.str(), wanted_.version.str(), wanted_.id.str()));
    }
    const bundle::BundleUnit* source = find_source(unit.name);
    if (source == nullptr) return;
    InstallUnit step = install_step(*source, *facts_.bundle);
    if (found != nullptr) add_drop_ins_of(*found, step);
    if (found != nullptr && found->file) step.before = found->sha256.value_or(Digest{});
    out_.phases.units.emplace_back(std::move(step));
    changed_units_.insert(unit.name);
  }

  // It stays where the package has put it, and is judged as it is now.
  void judge_packaged(const ReleaseUnit& unit, const host::UnitState* found) {
    const bundle::BundleUnit* source = find_source(unit.name);
    if (source == nullptr) return;
    standing_.push_back(install_step(*source, *facts_.bundle));
    if (found != nullptr) add_drop_ins_of(*found, standing_.back());
    const bool has_others = found != nullptr && has_other_drop_ins(unit.name, *found, facts_.generation);
    if (has_others || is_other_packaged(unit, facts_)) changed_units_.insert(unit.name);
  }

  void add_drop_ins_of(const host::UnitState& unit, InstallUnit& step) {
    std::vector<Finding> findings = add_foreign_drop_ins(step, unit.drop_ins);
    std::move(findings.begin(), findings.end(), std::back_inserter(out_.findings));
  }

  // The record says all that stands in it, so that repairing it needs no bundle.
  void install_drop_in() {
    if (!wanted_.drop_in) return;
    const host::UnitState* unit = find_unit(facts_.host, wanted_.drop_in->unit);
    const bool is_there = unit != nullptr && unit->drop_in.has_value();
    if (is_there && is_as_written(unit->drop_in->state) &&
        unit->drop_in->sha256 == wanted_.drop_in->sha256()) {
      return;
    }
    InstallDropIn step{.addon = wanted_.id,
                       .version = wanted_.version,
                       .drop_in = *wanted_.drop_in,
                       .before = std::nullopt,
                       .directives = {}};
    if (is_there) step.before = unit->drop_in->sha256.value_or(Digest{});
    step.directives = drop_in_directives(
        *wanted_.drop_in, facts_.bundle != nullptr ? facts_.bundle->manifest.resources : std::nullopt);
    out_.phases.units.emplace_back(std::move(step));
    changed_units_.insert(wanted_.drop_in->unit);
  }

  const bundle::BundleUnit* find_source(const UnitName& name) const {
    if (facts_.bundle == nullptr) return nullptr;
    const auto& units = facts_.bundle->units;
    const auto found = std::find_if(units.begin(), units.end(),
                                    [&](const bundle::BundleUnit& unit) { return unit.name == name; });
    return found == units.end() ? nullptr : &*found;
  }

  void switch_current() {
    const auto before = state_ != nullptr ? state_->current : std::nullopt;
    if (!wanted_.is_staged()) {
      use_package(wanted_, facts_, std::move(standing_), !changed_units_.empty(), out_);
      if (before)
        out_.phases.current.emplace_back(SwitchCurrent{wanted_.id, before, std::nullopt, std::nullopt});
      switched_ = !out_.phases.stage.empty();
      return;
    }
    if (before == wanted_.version) return;
    SwitchCurrent step{wanted_.id, before, wanted_.version, std::nullopt};
    if (facts_.bundle != nullptr) {
      step.terms = terms_of(facts_.bundle->manifest);
      step.terms->standing_units = std::move(standing_);
    }
    out_.phases.current.emplace_back(std::move(step));
    switched_ = true;
  }

  // Links that are missing are made; those of an earlier text of the unit are removed. All are made in
  // one step, because systemd makes those of Also= together with the primary's.
  void enable() {
    if (!wanted_.primary) return;
    std::vector<unit::InstallLink> missing;
    for (const ReleaseUnit* unit : enabled_units()) {
      const host::UnitState* found = find_unit(facts_.host, unit->name);
      for (const unit::InstallLink& link : unit->links) {
        if (found == nullptr || !found->links.contains(link.path) || led_elsewhere(*unit, link))
          missing.push_back(link);
      }
      if (found != nullptr) disable_obsolete(*unit, *found);
    }
    if (!missing.empty()) {
      out_.phases.enable.emplace_back(SetEnablement{wanted_.id, *wanted_.primary, std::move(missing), true});
    }
  }

  /// The primary, and what its Also= enables with it; systemd.unit(5). Policy lets that be nothing but
  /// units of the add-on.
  std::vector<const ReleaseUnit*> enabled_units() const {
    std::vector<const ReleaseUnit*> units;
    const auto add = [&](const ReleaseUnit* unit) {
      if (unit != nullptr && std::find(units.begin(), units.end(), unit) == units.end())
        units.push_back(unit);
    };
    add(wanted_.find_unit(*wanted_.primary));
    for (std::size_t i = 0; i < units.size(); ++i) {  // NOLINT(modernize-loop-convert): it grows
      const bundle::BundleUnit* source = find_source(units[i]->name);
      if (source == nullptr) continue;
      for (const auto& also : source->install.also) {
        if (const auto name = UnitName::parse(also.value)) add(wanted_.find_unit(*name));
      }
    }
    return units;
  }

  // Where the unit came with a package, or comes with one now, its link is taken away and made anew.
  bool led_elsewhere(const ReleaseUnit& unit, const unit::InstallLink& link) const {
    const ReleaseUnit* earlier = facts_.recorded != nullptr ? facts_.recorded->find_unit(unit.name) : nullptr;
    return earlier != nullptr &&
           std::any_of(earlier->links.begin(), earlier->links.end(), [&](const unit::InstallLink& one) {
             return one.path == link.path && one.target != link.target;
           });
  }

  void disable_obsolete(const ReleaseUnit& unit, const host::UnitState& found) {
    const ReleaseUnit* earlier = facts_.recorded != nullptr ? facts_.recorded->find_unit(unit.name) : nullptr;
    if (earlier == nullptr) return;
    std::vector<unit::InstallLink> obsolete;
    for (const unit::InstallLink& link : earlier->links) {
      const bool still = std::find(unit.links.begin(), unit.links.end(), link) != unit.links.end();
      if (!still && found.links.contains(link.path)) obsolete.push_back(link);
    }
    if (obsolete.empty()) return;
    out_.phases.stop.emplace_back(SetEnablement{wanted_.id, unit.name, std::move(obsolete), false});
  }

  // Nothing is started: whoever does that later is to find a program that works.
  void check_program() {
    CheckHealth step = health_step(wanted_, facts_.bundle);
    if (step.program && (staged_ || granted_ || switched_)) out_.phases.health.emplace_back(std::move(step));
  }

  void run() {
    if (!facts_.host.live) return;
    if (!wanted_.primary) return check_program();
    if (!facts_.host.runs_systemd()) return;
    const host::UnitState* found = find_unit(facts_.host, *wanted_.primary);
    // A timer runs on while its service changes; a service must be started anew to be the new one.
    const bool outdated = wanted_.primary->is_timer()
                              ? changed_units_.contains(*wanted_.primary)
                              : staged_ || granted_ || switched_ || !changed_units_.empty();
    if (!outdated && is_up(found)) return;
    const bool running = is_running(found);
    out_.phases.start.emplace_back(SetRunning{wanted_.id, *wanted_.primary,
                                              running ? RunAction::restart : RunAction::start, running,
                                              wanted_.health.timeout});
    out_.phases.health.emplace_back(health_step(wanted_, facts_.bundle));
  }

  bool is_up(const host::UnitState* found) const {
    if (found != nullptr && found->status && found->status->is_active()) return true;
    return facts_.recorded != nullptr && is_oneshot_at_work(found);
  }

  // What is inactive from now on keeps no capabilities.
  void revoke() {
    if (state_ == nullptr) return;
    for (const auto& [version, found] : state_->inspected) {
      if (version != wanted_.version || !wanted_.is_staged()) revoke_all(wanted_.id, found, out_.phases);
    }
  }

  void describe_change() {
    AddonChange& change = out_.change;
    if (facts_.recorded != nullptr) change.from = facts_.recorded->version;
    change.to = wanted_.version;
    if (facts_.recorded == nullptr) {
      change.kind = ChangeKind::add;
    } else {
      // What a local override changes need not be a step, and is to be recorded all the same.
      const bool is_same = out_.phases.empty() && to_json(wanted_) == to_json(*facts_.recorded);
      change.kind = is_same ? ChangeKind::unchanged : ChangeKind::update;
    }
  }

 private:
  const Release& wanted_;
  const AddonFacts& facts_;
  const host::AddonState* state_;
  AddonPlan out_;
  std::set<UnitName> changed_units_;
  std::vector<InstallUnit> standing_;
  bool staged_ = false;
  bool granted_ = false;
  bool switched_ = false;
};

}  // namespace

AddonPlan compile_wanted(const Release& wanted, const AddonFacts& facts) {
  return WantedAddon(wanted, facts).compile();
}

}  // namespace addon::plan
