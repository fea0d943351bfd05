#include "plan/packaged.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "plan/retire.hpp"

namespace addon::plan {

bool is_other_packaged(const ReleaseUnit& unit, const AddonFacts& facts) {
  const ReleaseUnit* recorded = facts.recorded != nullptr ? facts.recorded->find_unit(unit.name) : nullptr;
  return recorded == nullptr || recorded->sha256 != unit.sha256 || recorded->path != unit.path;
}

namespace {

std::optional<Digest> found_digest(const host::PackageState* package, const ReleaseUnit& unit) {
  if (package == nullptr) return std::nullopt;
  for (const host::PackageUnit& found : package->units) {
    if (found.name == unit.name && found.path == unit.path) return Digest::of(found.text);
  }
  return std::nullopt;
}

UsePackage package_step(const Release& wanted, const AddonFacts& facts) {
  const host::PackageState* package =
      facts.bundle != nullptr && facts.bundle->package ? &*facts.bundle->package : nullptr;
  UsePackage step{.addon = wanted.id,
                  .version = wanted.version,
                  .database = wanted.package->database,
                  .package = wanted.package->name,
                  .before = {},
                  .after = wanted.package->version,
                  .found = package != nullptr && package->is_installed() ? package->version : "",
                  .units = {},
                  .terms = {}};
  if (facts.recorded != nullptr && facts.recorded->package) step.before = facts.recorded->package->version;
  for (const ReleaseUnit& unit : wanted.units)
    step.units.push_back({unit.name, unit.path, unit.sha256, found_digest(package, unit)});
  return step;
}

bool is_as_wanted(const UsePackage& step) {
  return step.found == step.after &&
         std::all_of(step.units.begin(), step.units.end(),
                     [](const UsePackage::Unit& unit) { return unit.found == unit.after; });
}

Finding changed_finding(const UsePackage& step) {
  std::string how =
      step.found.empty() ? "is not installed any more" : fmt::format("is {} now", printable(step.found));
  if (step.found == step.after) how = "has other units now";
  Finding finding = make_finding(rules::host_package_changed,
                                 fmt::format("package {} was {} when {} was applied, and {}", step.package,
                                             printable(step.after), step.addon.str(), how));
  finding.addon = step.addon.str();
  finding.fix = step.found.empty()
                    ? fmt::format("install it again, or run addonctl remove {}", step.addon.str())
                    : fmt::format("apply the bundle of {} again, so that policy judges what there is now",
                                  step.addon.str());
  return finding;
}

}  // namespace

void use_package(const Release& wanted, const AddonFacts& facts, std::vector<InstallUnit> units,
                 bool is_changed, AddonPlan& out) {
  // Why there is none has its finding.
  if (!wanted.package) return;
  if (facts.bundle == nullptr) {
    Finding finding = make_finding(rules::host_version_altered,
                                   fmt::format("the manifest of {} {} in the record cannot be read",
                                               wanted.id.str(), wanted.version.str()));
    finding.addon = wanted.id.str();
    finding.fix = "apply its bundle again";
    out.findings.push_back(std::move(finding));
    return;
  }
  UsePackage step = package_step(wanted, facts);
  const bool is_fit = is_as_wanted(step);
  const bool is_recorded = facts.recorded != nullptr && to_json(*facts.recorded) == to_json(wanted);
  if (is_fit && is_recorded && !is_changed) return;
  if (!is_fit) out.findings.push_back(changed_finding(step));
  step.terms = terms_of(facts.bundle->manifest);
  step.terms.standing_units = std::move(units);
  out.phases.stage.emplace_back(std::move(step));
}

namespace {

class PackageCheck {
 public:
  PackageCheck(const bundle::Bundle& bundle, const host::HostState& host)
      : bundle_(bundle), manifest_(bundle.manifest), host_(host) {}

  std::vector<Finding> run() && {
    if (is_usable()) {
      for (const bundle::BundleUnit& unit : bundle_.units) check_unit(unit);
      check_program();
    }
    return std::move(findings_);
  }

 private:
  void add(const Rule& rule, std::string message, SourceSpan at, std::string pointer, std::string fix) {
    Finding finding = make_finding(rule, std::move(message), std::move(at), std::move(pointer));
    finding.addon = manifest_.id.value.str();
    finding.fix = std::move(fix);
    findings_.push_back(std::move(finding));
  }

  bool is_usable() {
    if (!manifest_.package || !bundle_.package) {
      add(rules::host_package,
          fmt::format("the manifest of {} does not say which package brings it", manifest_.id.value.str()),
          manifest_.delivery.at, manifest_.delivery.pointer,
          "name it: requires.package: {name: …, version: \">=…\"}");
      return false;
    }
    const host::PackageState& package = *bundle_.package;
    const manifest::RequiredPackage& asked = *manifest_.package;
    if (!package.has_databases) {
      add(rules::host_model_unsupported,
          "this host has no package manager that addonctl reads, so it cannot activate an os-package",
          manifest_.delivery.at, manifest_.delivery.pointer,
          "use pushed-artifact here; addonctl reads the packages of dpkg and rpm");
      return false;
    }
    if (!package.is_installed()) {
      add(rules::host_package,
          package.state.empty() ? fmt::format("package {} is not installed", asked.name)
                                : fmt::format("package {} is not installed: {} says {}", asked.name,
                                              package.database, printable(package.state)),
          asked.at, asked.pointer, fmt::format("install it first, with the host's package manager"));
      return false;
    }
    if (package.is_new_enough) return true;
    add(rules::host_package,
        fmt::format("package {} is {}, and {} needs {}{}", asked.name, printable(package.version),
                    manifest_.id.value.str(), asked.comparison, printable(asked.version)),
        asked.at, asked.pointer, "install a version of the package that will do");
    return false;
  }

  void open_to_others(const std::string& path, const std::vector<std::string>& writable,
                      const SourceSpan& at) {
    if (writable.empty()) return;
    add(rules::host_program_writable,
        fmt::format("others than root can change {} of package {}: {}", printable(path),
                    bundle_.package->name, join(writable, "; ")),
        at, {}, "make root its owner and take write permission from group and others");
  }

  // systemd would run what comes first on its search path.
  void check_unit(const bundle::BundleUnit& unit) {
    for (const host::PackageUnit& found : bundle_.package->units) {
      if (found.name == unit.name) open_to_others(found.path, found.writable, unit.asked_at);
    }
    const host::UnitState* state = find_unit(host_, unit.name);
    if (state == nullptr) return;
    std::string instead;
    if (state->file) instead = fmt::format("/etc/systemd/system/{}", unit.name.str());
    if (instead.empty() && !state->elsewhere.empty() && state->elsewhere.front() != unit.packaged_at)
      instead = state->elsewhere.front();
    if (instead.empty()) return;
    add(rules::host_package_unit,
        fmt::format("{} masks or replaces the {} of package {}, so that is not what would run",
                    printable(instead), unit.name.str(), bundle_.package->name),
        unit.asked_at, {},
        fmt::format("run systemctl unmask {}, or remove {}", unit.name.str(), printable(instead)));
  }

  void check_program() {
    if (!bundle_.package->program) return;
    const host::PackageProgram& program = *bundle_.package->program;
    open_to_others(program.path, program.writable, manifest_.binary.at);
    if (program.has_rights) {
      return add(
          rules::host_package_program,
          fmt::format("{} has rights of its own, by a set-id bit or file capabilities, whoever starts it",
                      printable(program.path)),
          manifest_.binary.at, manifest_.binary.pointer,
          "let exec.install_path and exec.binary name a program that has none");
    }
    if (program.is_owned && program.is_present) return;
    add(rules::host_package_program,
        fmt::format("{} is {} package {}", printable(program.path),
                    program.is_owned ? "no regular file, though one of" : "not a file of",
                    bundle_.package->name),
        manifest_.binary.at, manifest_.binary.pointer,
        "let exec.install_path and exec.binary name the program that the package brings");
  }

  const bundle::Bundle& bundle_;
  const manifest::Manifest& manifest_;
  const host::HostState& host_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> check_package(const bundle::Bundle& wanted, const host::HostState& host) {
  if (wanted.manifest.delivery.value != manifest::Delivery::os_package) return {};
  return PackageCheck(wanted, host).run();
}

}  // namespace addon::plan
