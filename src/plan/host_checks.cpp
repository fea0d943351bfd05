#include "plan/host_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "plan/lint.hpp"

namespace addon::plan {

namespace {

class HostCheck {
 public:
  HostCheck(const bundle::Bundle& bundle, const Generation& generation, const host::HostState& host)
      : bundle_(bundle), manifest_(bundle.manifest), generation_(generation), host_(host) {}

  std::vector<Finding> run() && {
    model();
    platform();
    resources();
    users();
    health_user();
    capabilities();
    for (const bundle::BundleUnit& unit : bundle_.units) unit_name(unit);
    return std::move(findings_);
  }

 private:
  void add(const Rule& rule, std::string message, SourceSpan at, std::string pointer, std::string fix) {
    Finding finding = make_finding(rule, std::move(message), std::move(at), std::move(pointer));
    finding.addon = manifest_.id.value.str();
    finding.fix = std::move(fix);
    findings_.push_back(std::move(finding));
  }

  void model() {
    if (is_model_supported(manifest_, host_)) return;
    const std::string_view supervision = manifest::to_string(manifest_.supervision.value);
    add(rules::host_model_unsupported,
        fmt::format("systemd does not run on this host, so nothing here can be {}", supervision),
        manifest_.supervision.at, manifest_.supervision.pointer,
        "leave the add-on out on this host, or prepare a host that runs systemd with --root");
  }

  void platform() {
    const auto& platforms = manifest_.platforms;
    if (!platforms || platforms->value.empty()) return;
    const std::vector<std::string>& names = platforms->value;
    if (std::find(names.begin(), names.end(), "linux") != names.end()) return;
    add(rules::host_platform, fmt::format("this host runs linux; the add-on is for {}", join(names, ", ")),
        platforms->at, platforms->pointer, "add linux to requires.platforms, if it runs there");
  }

  // A timer may start a service that is not the add-on's, and that one is not the add-on's to limit.
  void resources() {
    if (!manifest_.resources || !bundle_.primary || make_drop_in(bundle_)) return;
    if (manifest_.resources->is_empty()) return;
    add(rules::manifest_not_honoured,
        fmt::format("resources has no effect: {} starts no service of the add-on", bundle_.primary->str()),
        manifest_.resources->at, "/resources", "ship the service that the timer starts");
  }

  void user(const std::string& name, const SourceSpan& at, const std::string& pointer) {
    if (name.empty() || name.find('%') != std::string::npos || !asked_users_.insert(name).second) return;
    const auto found = host_.users.find(name);
    if (found == host_.users.end() || found->second) return;
    add(rules::host_user_unknown, fmt::format("user {} does not exist on this host", quoted(name)), at,
        pointer, fmt::format("create it first, e.g. useradd --system --no-create-home {}", printable(name)));
  }

  void users() {
    user(manifest_.run_as.value, manifest_.run_as.at, manifest_.run_as.pointer);
    for (const bundle::BundleUnit& unit : bundle_.units) {
      const auto& runs_as = unit.privileges.user;
      // systemd takes a number for a user that nobody has to know; systemd.exec(5), User=.
      const bool is_number = runs_as.value.find_first_not_of("0123456789") == std::string::npos;
      if (!unit.privileges.dynamic_user.value && !is_number) user(runs_as.value, runs_as.at, {});
    }
  }

  // Where none of the add-on's own may run it, and nobody does not exist, either.
  void health_user() {
    const std::string name = make_release(bundle_).health_user;
    if (host_.live) user(name, manifest_.health.exec_at, "/health/exec");
  }

  // An offline root boots with a kernel and mounts of its own.
  void capabilities() {
    if (!host_.live) return;
    for (const bundle::BundleUnit& unit : bundle_.units) ambient(unit);
    if (manifest_.os_capabilities.empty()) return;
    for (const manifest::RequestedCapability& asked : manifest_.os_capabilities) {
      if (host_.platform.known_capabilities.contains(asked.capability)) continue;
      add(rules::host_capability_unknown,
          fmt::format("the running kernel does not know {}", asked.capability.name()), asked.at,
          asked.pointer, "run a newer kernel, or do without it");
    }
    const manifest::RequestedCapability& first = manifest_.os_capabilities.front();
    if (host_.platform.nosuid) {
      add(rules::host_nosuid, "/opt/addons is mounted nosuid, so file capabilities have no effect there",
          first.at, first.pointer, "mount it without nosuid");
    }
    if (!host_.platform.file_capabilities) {
      add(rules::host_no_file_capabilities,
          "the filesystem of /opt/addons takes no file capabilities (security.capability)", first.at,
          first.pointer, "put /opt/addons on another filesystem, such as ext4 or xfs");
    }
  }

  // A bounding set that names one loses nothing by it.
  void ambient(const bundle::BundleUnit& unit) {
    const auto& asked = unit.privileges.ambient;
    for (const Capability capability : asked.value.members()) {
      if (host_.platform.known_capabilities.contains(capability)) continue;
      add(rules::host_capability_unknown,
          fmt::format("the running kernel does not know {}, which {} has as an ambient capability",
                      capability.name(), unit.name.str()),
          asked.at, {}, "run a newer kernel, or do without it");
    }
  }

  const Release* owner_of(const UnitName& name) const {
    for (const auto& [id, release] : generation_.addons) {
      if (release.find_unit(name) != nullptr) return &release;
    }
    return nullptr;
  }

  // What a package brought before stands there still, unless the package is gone.
  void shadow(const bundle::BundleUnit& unit, const Release& recorded) {
    const ReleaseUnit* before = recorded.find_unit(unit.name);
    const auto found = host_.units.find(unit.name);
    const bool was_packaged = before != nullptr && !before->path.empty() && unit.packaged_at.empty();
    if (!was_packaged || found == host_.units.end() || found->second.elsewhere.empty()) return;
    add(rules::host_unit_foreign,
        fmt::format("unit name {} belongs to {}, which would be hidden", unit.name.str(),
                    found->second.elsewhere.front()),
        unit.asked_at, {}, "give the unit a name of its own, or remove the package first");
  }

  void unit_name(const bundle::BundleUnit& unit) {
    const Release* owner = owner_of(unit.name);
    if (owner != nullptr && owner->id == manifest_.id.value) return shadow(unit, *owner);
    // That nothing stands before a package's unit has a check of its own.
    if (owner == nullptr && !unit.packaged_at.empty()) return packaged(unit);
    const auto found = host_.units.find(unit.name);
    std::string whose;
    if (owner != nullptr) {
      whose = fmt::format("add-on {}", owner->id.str());
    } else if (found != host_.units.end() && found->second.file) {
      whose = fmt::format("/etc/systemd/system/{}, which addonctl did not install", unit.name.str());
    } else if (found != host_.units.end() && !found->second.elsewhere.empty()) {
      whose = found->second.elsewhere.front();
    } else if (found != host_.units.end() && !found->second.aliases.empty()) {
      return alias(unit, found->second.aliases.front());
    } else {
      return;
    }
    add(rules::host_unit_foreign, fmt::format("unit name {} belongs to {}", unit.name.str(), whose),
        unit.asked_at, {},
        owner == nullptr
            ? "give the unit a name of its own"
            : fmt::format("give the unit a name of its own, or remove {} first", owner->id.str()));
  }

  void packaged(const bundle::BundleUnit& unit) {
    const auto found = host_.units.find(unit.name);
    if (found != host_.units.end() && !found->second.aliases.empty())
      alias(unit, found->second.aliases.front());
  }

  void alias(const bundle::BundleUnit& unit, const std::string& name) {
    add(rules::host_unit_foreign,
        fmt::format("a link on this host makes {} another name of {}, so the unit would also be that one",
                    printable(name), unit.name.str()),
        unit.asked_at, {}, "remove the link, or give the unit a name of its own");
  }

  const bundle::Bundle& bundle_;
  const manifest::Manifest& manifest_;
  const Generation& generation_;
  const host::HostState& host_;
  std::set<std::string> asked_users_;
  std::vector<Finding> findings_;
};

}  // namespace

bool is_model_supported(const manifest::Manifest& manifest, const host::HostState& host) {
  using manifest::Supervision;
  const bool needs_systemd = manifest.supervision.value == Supervision::systemd_service ||
                             manifest.supervision.value == Supervision::systemd_timer;
  return !needs_systemd || !host.live || host.platform.has_systemd;
}

std::vector<Finding> check_host(const bundle::Bundle& wanted, const Generation& generation,
                                const host::HostState& host) {
  return HostCheck(wanted, generation, host).run();
}

bool is_own_program(const AddonId& id, const std::string& path) {
  return path.starts_with(fmt::format("/opt/addons/{}/", id.str())) && path.find("/../") == std::string::npos;
}

namespace {

void check_programs_of(const InstallUnit& unit, const host::HostState& host, std::vector<Finding>& findings) {
  std::set<std::string> told;
  for (const unit::ExecCommand& command : unit.privileges.exec) {
    const auto found = host.programs.find(command.program);
    if (found == host.programs.end() || found->second.writable.empty()) continue;
    if (is_own_program(unit.addon, command.program) || !told.insert(command.program).second) continue;
    Finding finding = make_finding(
        rules::host_program_writable,
        fmt::format("{}= of {} runs {}, which others than root can change: {}", command.directive,
                    unit.unit.str(), printable(command.program), join(found->second.writable, "; ")),
        command.at);
    finding.addon = unit.addon.str();
    finding.fix =
        "make root its owner and take write permission from group and others, or run another program";
    findings.push_back(std::move(finding));
  }
}

}  // namespace

std::vector<Finding> check_programs(const std::vector<Step>& steps, const host::HostState& host) {
  std::vector<Finding> findings;
  for_each_unit(steps, [&](const InstallUnit& unit) { check_programs_of(unit, host, findings); });
  return findings;
}

std::vector<Finding> check_tree(const AddonId& id, const host::HostState& host) {
  std::vector<Finding> findings;
  const auto found = host.addons.find(id);
  if (found == host.addons.end()) return findings;
  for (const std::string& sentence : found->second.tampered) {
    Finding finding = make_finding(rules::host_tampered, sentence);
    finding.addon = id.str();
    const std::string own = fmt::format("/opt/addons/{}", id.str());
    const bool is_own = sentence.starts_with(own + " ") || sentence.starts_with(own + "/");
    finding.fix = is_own ? fmt::format("find out who changed it, then put it right or remove {}", own)
                         : "find out who changed it, then put it right";
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace addon::plan
