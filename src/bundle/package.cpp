#include "bundle/package.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bundle/machine.hpp"
#include "bundle/units.hpp"
#include "core/text.hpp"
#include "unit/unit_file.hpp"

namespace addon::bundle {

namespace {

class PackageUnits {
 public:
  PackageUnits(Bundle& bundle, const host::PackageState& package) : bundle_(bundle), package_(package) {}

  std::vector<Finding> run() && {
    bundle_.units.clear();
    bundle_.primary.reset();
    if (!is_started_by_systemd()) return {};
    for (const host::PackageUnit& unit : package_.units) {
      if (const auto* named = find_named(unit.name); named != nullptr || !bundle_.manifest.units)
        add(unit, named);
    }
    missing();
    if (has_errors(findings_)) return finish();
    ChosenPrimary chosen = choose_primary(bundle_.manifest, units_, package_.name);
    bundle_.primary = std::move(chosen.primary);
    std::move(chosen.findings.begin(), chosen.findings.end(), std::back_inserter(findings_));
    return finish();
  }

 private:
  bool is_started_by_systemd() const {
    using manifest::Supervision;
    const Supervision supervision = bundle_.manifest.supervision.value;
    return supervision == Supervision::systemd_service || supervision == Supervision::systemd_timer;
  }

  std::vector<Finding> finish() {
    for (Finding& finding : findings_) finding.addon = bundle_.manifest.id.value.str();
    bundle_.units = std::move(units_.units);
    return std::move(findings_);
  }

  const manifest::Sourced<UnitName>* find_named(const UnitName& name) const {
    if (!bundle_.manifest.units) return nullptr;
    const auto& named = *bundle_.manifest.units;
    const auto found =
        std::find_if(named.begin(), named.end(), [&](const auto& one) { return one.value == name; });
    return found == named.end() ? nullptr : &*found;
  }

  void add(const host::PackageUnit& found, const manifest::Sourced<UnitName>* named) {
    unit::ParsedUnit parsed = unit::parse_unit(found.text, found.path);
    unit::Analysis analysis = unit::analyze(parsed.unit, found.name);
    unit::Install install = unit::read_install(parsed.unit, found.name);
    std::vector<Finding> barred = cannot_enable(install);
    for (auto* more : {&parsed.findings, &analysis.findings, &barred})
      std::move(more->begin(), more->end(), std::back_inserter(findings_));
    units_.names.push_back(found.name);
    units_.units.push_back({.name = found.name,
                            .sha256 = Digest::of(found.text),
                            .size = found.text.size(),
                            .asked_at = named != nullptr ? named->at : SourceSpan{found.path, 0, 0},
                            .privileges = std::move(analysis.privileges),
                            .install = std::move(install),
                            .directives = std::move(parsed.unit.directives),
                            .packaged_at = found.path});
  }

  void missing() {
    if (!bundle_.manifest.units) return;
    for (const auto& named : *bundle_.manifest.units) {
      const bool is_there =
          std::find(units_.names.begin(), units_.names.end(), named.value) != units_.names.end();
      if (is_there) continue;
      Finding finding = make_finding(rules::host_package_unit,
                                     fmt::format("package {} {} ships no unit {}", package_.name,
                                                 printable(package_.version), named.value.str()),
                                     named.at, named.pointer);
      finding.fix = "name units of the package in systemd.units, or leave it out to take them all";
      findings_.push_back(std::move(finding));
    }
  }

  Bundle& bundle_;
  const host::PackageState& package_;
  ReadUnits units_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> use_package(Bundle& bundle, host::PackageState package) {
  bundle.package = std::move(package);
  if (!bundle.package->is_installed()) {
    bundle.units.clear();
    bundle.primary.reset();
    return {};
  }
  if (bundle.package->program) bundle.machine = machine_of(bundle.package->program->head);
  return PackageUnits(bundle, *bundle.package).run();
}

}  // namespace addon::bundle
