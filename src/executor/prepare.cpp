#include "executor/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/parallel.hpp"
#include "executor/base_agent.hpp"
#include "executor/look_away.hpp"
#include "executor/observe.hpp"
#include "executor/overrides.hpp"
#include "executor/packages.hpp"
#include "executor/rollback_target.hpp"
#include "plan/foreign_drop_ins.hpp"
#include "plan/host_checks.hpp"

namespace addon::executor {

namespace {
void append(std::vector<Finding>& to, std::vector<Finding> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

class Preparation {
 public:
  Preparation(const Request& request, const policy::SitePolicy& policy, Ports& ports)
      : request_(request), policy_(policy), ports_(ports) {}

  Result<Prepared> run() {
    TRY(wish());
    TRY(localise());
    host::HostState host = TRY(observe(subjects(), prepared_.generation.known, ports_));
    TRY(add_local_facts(host));
    remember(host);
    if (request_.verb == Request::Verb::repair) compare(host);
    if (request_.verb == Request::Verb::remove) keep_data(host);
    auto compiled = plan::compile(wish_, prepared_.generation, host, policy_.digest);
    append(prepared_.findings, std::move(compiled.findings));
    auto judgement =
        policy::judge(std::move(compiled.plan), policy_, floor<std::chrono::days>(ports_.clock.now()));
    append(prepared_.findings, std::move(judgement.findings));
    if (!request_.allow_downgrade) refuse_downgrades(judgement.plan);
    sort_findings(prepared_.findings);
    prepared_.plan = std::move(judgement.plan);
    prepared_.bundles = std::move(wish_.wanted);
    return std::move(prepared_);
  }

 private:
  // What policy does not allow anyway has its finding.
  void refuse_downgrades(const plan::Plan& plan) {
    for (const auto& [id, change] : plan.changes) {
      const std::string addon = id.str();
      if (change.kind == plan::ChangeKind::unsupported) continue;
      const std::optional<Version>& newest = change.newest ? change.newest : change.from;
      const bool stays = change.from && change.to && change.from->precedence(*change.to) == 0;
      const bool is_older = newest && change.to && !stays && newest->precedence(*change.to) > 0;
      const bool is_refused =
          std::any_of(prepared_.findings.begin(), prepared_.findings.end(), [&](const Finding& finding) {
            return finding.rule == &rules::policy_downgrade && finding.addon == addon;
          });
      if (!is_older || is_refused) continue;
      Finding finding = make_finding(
          rules::policy_downgrade,
          fmt::format("{} {} is older than {}, which {} active; policy allows that, but it was not asked for",
                      id.str(), change.to->str(), newest->str(), change.newest ? "was once" : "is"));
      finding.addon = id.str();
      finding.fix =
          change.newest
              ? fmt::format("apply {} or a newer version, or add --allow-downgrade", newest->str())
              : fmt::format("go back with addonctl rollback {}, or add --allow-downgrade", id.str());
      prepared_.findings.push_back(std::move(finding));
    }
  }

  // What was read to observe the host need not be read again by the next run.
  void remember(const host::HostState& host) {
    host::KnownDigests& known = prepared_.generation.known;
    for (const auto& [id, addon] : host.addons) {
      for (const auto& [version, found] : addon.inspected) {
        for (const host::InstalledFile& file : found.files) {
          if (file.sha256) known.insert_or_assign(file.state.identity, *file.sha256);
        }
      }
    }
  }

  void compare(const host::HostState& host) {
    for (const auto& [name, unit] : host.units) {
      if (unit.status) prepared_.unit_states.emplace(name, unit.status->active_state);
      if (plan::has_other_drop_ins(name, unit, prepared_.generation)) {
        prepared_.drop_ins.emplace(name, plan::record_of(unit.drop_ins));
      }
    }
    for (const auto& [id, release] : prepared_.generation.addons) {
      const auto addon = host.addons.find(id);
      if (addon == host.addons.end()) continue;
      const auto version = addon->second.inspected.find(release.version);
      if (version == addon->second.inspected.end()) continue;
      auto found = plan::differences(version->second, release, host);
      if (!found.empty()) prepared_.differences.emplace(id, std::move(found));
    }
  }

  void keep_data(const host::HostState& host) {
    if (request_.purge) return;
    for (const AddonId& id : wish_.unwanted) {
      const auto release = prepared_.generation.addons.find(id);
      if (release == prepared_.generation.addons.end()) continue;
      std::string last = "/";
      for (const plan::ReleaseStateDir& dir : release->second.state_dirs) {
        if (dir.path.starts_with(last + "/")) continue;  // it is part of what was told
        const auto found = host.state_dirs.find(dir.path);
        const bool has_data =
            found != host.state_dirs.end() && found->second.contents && found->second.contents->entries > 0;
        if (!has_data) continue;
        last = dir.path;
        prepared_.kept_data.emplace_back(id, dir.path);
      }
    }
  }

  // What this host makes of each add-on: its override, and the package that brings it.
  Result<> localise() {
    std::vector<bundle::Bundle> wanted = std::exchange(wish_.wanted, {});
    for (bundle::Bundle& bundle : wanted) {
      Overridden overridden = TRY(apply_local_override(bundle, ports_.root));
      const AddonId& id = bundle.manifest.id.value;
      const bool is_sound = !has_errors(overridden.findings);
      append(prepared_.findings, std::move(overridden.findings));
      if (overridden.is_disabled && request_.verb == Request::Verb::rollback_addon) {
        return tl::unexpected(
            Error(fmt::format("a local override disables {}, so no version of it can become "
                              "active; nothing was changed. Take enabled: false out of "
                              "/etc/addonctl/overrides.d/{}.yaml, or use addonctl remove",
                              id.str(), id.str())));
      }
      if (overridden.is_disabled) {
        if (prepared_.generation.addons.contains(id)) wish_.unwanted.insert(id);
        wish_.disabled.push_back(std::move(bundle));
      } else if (is_sound) {
        append(prepared_.findings, TRY(look_at_package(bundle, ports_)));
        wish_.wanted.push_back(std::move(bundle));
      }
    }
    // What is wrong with one that is only kept as it is shows as drift.
    for (auto& [id, bundle] : wish_.kept) {
      if (bundle) TRY(look_at_package(*bundle, ports_));
    }
    return {};
  }

  Result<> add_local_facts(host::HostState& host) {
    for (const bundle::Bundle& bundle : wish_.wanted) {
      if (bundle.package) host.packages.emplace(bundle.manifest.id.value, *bundle.package);
      const bool asks = !bundle.manifest.base_agent.value.empty();
      if (asks && !host.base_agent) host.base_agent = TRY(observe_base_agent(policy_, ports_));
    }
    for (const auto& [id, bundle] : wish_.kept) {
      if (bundle && bundle->package) host.packages.emplace(id, *bundle->package);
    }
    return {};
  }

  Result<> wish() {
    switch (request_.verb) {
      case Request::Verb::apply:
        return wish_bundles();
      case Request::Verb::remove:
        return wish_removal();
      case Request::Verb::repair:
        return wish_repair();
      case Request::Verb::rollback_addon:
        return wish_previous();
      case Request::Verb::rollback_host:
        return wish_generation();
    }
    return {};
  }

  Result<> last_generation() {
    ports_.progress.doing("reading the last generation");
    LastGeneration last = TRY(read_last_generation(ports_.root));
    prepared_.generation = std::move(last.generation);
    if (request_.rehash) prepared_.generation.known.clear();
    for (DamagedRecord& record : last.damaged) {
      prepared_.warnings.push_back(
          fmt::format("{}; generation {} is taken for the last", record.why, prepared_.generation.number));
    }
    return {};
  }

  // Their files are hashed, which is most of the time that a plan takes.
  std::vector<bundle::ReadBundle> read_bundles() const {
    const std::vector<BundleSource>& sources = request_.bundles;
    ports_.progress.doing(sources.size() == 1 ? fmt::format("reading {}", sources.front().name)
                                              : fmt::format("reading {} bundles", sources.size()));
    std::vector<bundle::ReadBundle> all(sources.size());
    for_each_in_parallel(sources.size(), [&](std::size_t i) {
      all[i] = sources[i].archive != nullptr
                   ? *sources[i].archive
                   : bundle::read_directory(sources[i].directory, sources[i].name, bundle::Origin::bundle,
                                            prepared_.generation.known);
    });
    return all;
  }

  Result<> wish_bundles() {
    TRY(last_generation());
    wish_.prune = request_.prune;
    std::map<AddonId, std::string> sources;
    std::vector<bundle::ReadBundle> all = read_bundles();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const BundleSource& source = request_.bundles[i];
      bundle::ReadBundle& read = all[i];
      append(prepared_.findings, std::move(read.findings));
      if (!read.bundle) continue;
      const manifest::Manifest& manifest = read.bundle->manifest;
      const auto [first, is_new] = sources.emplace(manifest.id.value, source.name);
      if (!is_new) {
        Finding finding =
            make_finding(rules::duplicate_addon,
                         fmt::format("{} is also what {} holds", manifest.id.value.str(), first->second),
                         manifest.id.at, manifest.id.pointer);
        finding.addon = manifest.id.value.str();
        finding.fix = "name one bundle of each add-on";
        prepared_.findings.push_back(std::move(finding));
        continue;
      }
      if (!believe(*read.bundle)) continue;
      wish_.wanted.push_back(std::move(*read.bundle));
    }
    std::sort(wish_.wanted.begin(), wish_.wanted.end(), [](const bundle::Bundle& a, const bundle::Bundle& b) {
      return a.manifest.id.value < b.manifest.id.value;
    });
    return {};
  }

  // What is signed must be what was signed, whether the site asks for it or not. Verified are the digests
  // that the plan is bound to; staging compares them with every byte that it has copied.
  bool believe(bundle::Bundle& bundle) {
    std::vector<Finding> refused = bundle::verify_signature(bundle, policy_.keys);
    const AddonId& id = bundle.manifest.id.value;
    for (Finding& finding : refused) finding.addon = id.str();
    const bool is_sound = !has_errors(refused);
    append(prepared_.findings, std::move(refused));
    if (is_sound && bundle.signer) wish_.signers.emplace(id, *bundle.signer);
    // The same bytes again, and without their signature: that they were signed stays true.
    const auto before = prepared_.generation.addons.find(id);
    if (is_sound && !bundle.signer && before != prepared_.generation.addons.end() &&
        plan::is_content_of(bundle, before->second)) {
      believe(before->second);
    }
    return is_sound;
  }

  // What is installed was verified when it was applied; its record counts for as long as the key does.
  void believe(const plan::Release& recorded) {
    if (recorded.signer && bundle::is_trusted(*recorded.signer, policy_.keys))
      wish_.signers.emplace(recorded.id, *recorded.signer);
  }

  Result<bundle::Bundle> installed(const plan::Release& release) {
    believe(release);
    return read_installed(release, ports_.root, prepared_.generation.known, ports_.parser);
  }

  Result<> wish_removal() {
    wish_.verb = "remove";
    TRY(last_generation());
    for (const AddonId& id : request_.addons) {
      if (prepared_.generation.addons.contains(id)) wish_.unwanted.insert(id);
    }
    return request_.purge ? wish_purge() : Result<>();
  }

  // As it was recorded last: that is what may stand there.
  Result<> wish_purge() {
    const Generations generations = TRY(read_generations(ports_.root));
    for (const AddonId& id : request_.addons) {
      for (std::size_t i = generations.all.size(); i-- > 0;) {
        const std::map<AddonId, plan::Release>& addons = generations.all[i].addons;
        const auto found = addons.find(id);
        if (found == addons.end()) continue;
        wish_.purged.emplace(id, found->second);
        break;
      }
    }
    return {};
  }

  Result<> wish_repair() {
    TRY(last_generation());
    for (const auto& [id, release] : prepared_.generation.addons) {
      if (request_.addons.empty() || request_.addons.contains(id)) keep(id, release);
    }
    return {};
  }

  // An installed version that cannot be read is drift like any other: compile() will find it.
  void keep(const AddonId& id, const plan::Release& release) {
    auto found = installed(release);
    // What is kept is the record: an override of this host may have named another user.
    if (found) found->manifest.run_as.value = release.run_as;
    wish_.kept.emplace(id, found ? std::optional(std::move(*found)) : std::nullopt);
  }

  Result<> wish_previous() {
    wish_.verb = "rollback";
    Generations generations = TRY(read_generations(ports_.root));
    TRY(use_last_of(generations));
    const plan::Release previous = TRY(previous_release(generations, *request_.addons.begin()));
    wish_.wanted.push_back(TRY(installed(previous)));
    return {};
  }

  Result<> wish_generation() {
    wish_.verb = "rollback";
    const Generations generations = TRY(read_generations(ports_.root));
    TRY(use_last_of(generations));
    const plan::Generation target = TRY(target_generation(generations, request_.generation));
    for (const auto& [id, release] : target.addons) {
      const auto present = prepared_.generation.addons.find(id);
      if (present != prepared_.generation.addons.end() && present->second.version == release.version) {
        keep(id, present->second);
      } else {
        wish_.wanted.push_back(TRY(installed(release)));
      }
    }
    for (const auto& [id, release] : prepared_.generation.addons) {
      if (!target.addons.contains(id)) wish_.unwanted.insert(id);
    }
    return {};
  }

  Result<> use_last_of(const Generations& generations) {
    TRY(last_generation());
    if (prepared_.generation.number != generations.last().number) {
      return tl::unexpected(Error("the generations changed while they were read; try again"));
    }
    return {};
  }

  Subjects subjects() const {
    Subjects subjects;
    for (const bundle::Bundle& bundle : wish_.wanted) add(bundle, subjects);
    if (request_.verb == Request::Verb::apply) look_away(subjects, policy_);
    for (const auto& [id, bundle] : wish_.kept) {
      if (bundle) add(*bundle, subjects);
      add_recorded(id, subjects);
    }
    for (const AddonId& id : wish_.unwanted) add_recorded(id, subjects);
    for (const bundle::Bundle& bundle : wish_.wanted) add_recorded(bundle.manifest.id.value, subjects);
    if (request_.verb == Request::Verb::remove) subjects.data = request_.purge ? Count::all : Count::any;
    for (const auto& [id, release] : wish_.purged) subjects.gone.push_back(release);
    if (wish_.prune) {
      for (const auto& [id, release] : prepared_.generation.addons) add_recorded(id, subjects);
    }
    return subjects;
  }

  static void add(const bundle::Bundle& bundle, Subjects& subjects) {
    subjects.addons[bundle.manifest.id.value].push_back(plan::make_release(bundle));
    for (const bundle::BundleUnit& unit : bundle.units) {
      if (!unit.privileges.dynamic_user.value) subjects.users.insert(unit.privileges.user.value);
      for (const unit::ExecCommand& command : unit.privileges.exec) {
        if (!plan::is_own_program(bundle.manifest.id.value, command.program))
          subjects.programs.insert(command.program);
      }
    }
  }

  void add_recorded(const AddonId& id, Subjects& subjects) const {
    const auto found = prepared_.generation.addons.find(id);
    if (found == prepared_.generation.addons.end()) return;
    std::vector<plan::Release>& releases = subjects.addons[id];
    if (std::find_if(releases.begin(), releases.end(), [&](const plan::Release& release) {
          return release.version == found->second.version && release.units == found->second.units &&
                 release.drop_in == found->second.drop_in && release.state_dirs == found->second.state_dirs;
        }) == releases.end()) {
      releases.push_back(found->second);
    }
  }

  const Request& request_;
  const policy::SitePolicy& policy_;
  Ports& ports_;
  plan::Wish wish_;
  Prepared prepared_;
};
}  // namespace

Result<Prepared> prepare(const Request& request, const policy::SitePolicy& policy, Ports& ports) {
  return Preparation(request, policy, ports).run();
}

}  // namespace addon::executor
