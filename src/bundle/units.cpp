#include "bundle/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "bundle/limits.hpp"
#include "core/path.hpp"
#include "core/text.hpp"
#include "unit/full_name.hpp"
#include "unit/unit_file.hpp"

namespace addon::bundle {

namespace {

/// A unit that is asked for, and by which line of the manifest.
struct Asked {
  SourceSpan at;
  std::string pointer;
};
using AskedUnits = std::map<UnitName, Asked>;

Finding finding_at(const Rule& rule, std::string message, SourceSpan at, std::string pointer,
                   std::string fix) {
  Finding finding = make_finding(rule, std::move(message), std::move(at), std::move(pointer));
  finding.fix = std::move(fix);
  return finding;
}

AskedUnits units_beside_manifest(const Survey& survey, const std::string& source,
                                 std::vector<Finding>& findings) {
  AskedUnits asked;
  for (const SurveyedFile& file : survey.files) {
    const std::string& path = file.path.str();
    if (path.find('/') != std::string::npos || !(path.ends_with(".service") || path.ends_with(".timer"))) {
      continue;
    }
    const SourceSpan at{file_in(source, path), 0, 0};
    if (const auto name = UnitName::parse(path)) {
      asked.emplace(*name, Asked{at, ""});
    } else {
      findings.push_back(
          finding_at(rules::unsafe_unit_name, name.error().message(), at, "", "rename the unit"));
    }
  }
  return asked;
}

AskedUnits asked_units(const Survey& survey, const std::string& source, const manifest::Manifest* manifest,
                       std::vector<Finding>& findings) {
  if (manifest == nullptr || !manifest->units) return units_beside_manifest(survey, source, findings);
  AskedUnits asked;
  for (const auto& unit : *manifest->units) asked.emplace(unit.value, Asked{unit.at, unit.pointer});
  return asked;
}

/// Parses and analyses one unit; nullopt, with a finding, when its file cannot be read as text.
std::optional<BundleUnit> read_unit(const UnitName& name, const Asked& asked, const SurveyedFile& file,
                                    Reader& reader, const std::string& source, Parser& parser,
                                    std::vector<Finding>& findings) {
  const std::string shown = file_in(source, name.str());
  const auto text = reader.text(file, kMaxUnitBytes);
  if (!text) {
    findings.push_back(finding_at(unreadable(text.error()),
                                  fmt::format("cannot read the unit: {}", text.error().message()),
                                  {shown, 0, 0}, "", how_to_read(text.error())));
    return std::nullopt;
  }
  if (text->size() > kMaxUnitBytes) {
    findings.push_back(finding_at(rules::bundle_limit,
                                  fmt::format("{} is larger than 1 MiB, too large for a unit", name.str()),
                                  {shown, 0, 0}, "", "make the unit smaller"));
    return std::nullopt;
  }
  AnalyzedUnit unit = parser.unit(name, *text, shown);
  findings.insert(findings.end(), unit.findings.begin(), unit.findings.end());
  const std::vector<Finding> barred = cannot_enable(unit.install);
  findings.insert(findings.end(), barred.begin(), barred.end());
  return BundleUnit{name,
                    Digest::of(*text),
                    text->size(),
                    asked.at,
                    std::move(unit.privileges),
                    std::move(unit.install),
                    std::move(unit.directives)};
}

}  // namespace

std::vector<Finding> cannot_enable(const unit::Install& install) {
  std::vector<Finding> findings;
  for (const auto* list : {&install.wanted_by, &install.required_by}) {
    for (const auto& by : *list) {
      // What is no name at all was found by its analysis.
      if (!unit::FullName::parse(by.value) || is_safe_segment(by.value + ".requires")) continue;
      findings.push_back(
          finding_at(rules::unsafe_unit_name,
                     fmt::format("the unit is to be enabled by {}, whose name addonctl makes no directory of",
                                 quoted(by.value)),
                     by.at, "",
                     "enable it by a unit whose name has no backslash and at most 246 characters, like "
                     "multi-user.target"));
    }
  }
  return findings;
}

ReadUnits read_units(const Survey& survey, Reader& reader, const std::string& source,
                     const manifest::Manifest* manifest, Parser& parser) {
  ReadUnits result;
  // The units of an os-package come with the package, so its bundle need not have them.
  const bool must_have =
      manifest == nullptr || manifest->delivery.value == manifest::Delivery::pushed_artifact;
  for (const auto& [name, asked] : asked_units(survey, source, manifest, result.findings)) {
    result.names.push_back(name);
    if (const SurveyedFile* file = survey.find(name.str())) {
      auto unit = read_unit(name, asked, *file, reader, source, parser, result.findings);
      if (unit) result.units.push_back(std::move(*unit));
    } else if (must_have && !survey.refuses(name.str())) {
      result.findings.push_back(
          finding_at(rules::bundle_file_missing, fmt::format("the bundle has no unit {}", name.str()),
                     asked.at, asked.pointer, "add the file beside the manifest, or correct its name"));
    }
  }
  return result;
}

namespace {

/// Who has the units, for messages, and what about it explains that one is not there.
struct Holder {
  std::string name;           ///< "the bundle", "package foo"
  std::string where;          ///< "beside the manifest", "in the package"
  bool explains = false;      ///< something else is known to be wrong with its units
  bool must_have_one = true;  ///< no unit to start is a finding
};

Holder bundle_holder(const manifest::Manifest& manifest, const ReadUnits& units, const Survey& survey,
                     std::string_view suffix) {
  Holder holder{"the bundle", "beside the manifest"};
  // A unit whose name is unsafe, or that cannot be read, was found already: it is the one that is missing
  // here.
  holder.explains =
      std::any_of(units.findings.begin(), units.findings.end(),
                  [](const Finding& finding) { return finding.rule == &rules::unsafe_unit_name; }) ||
      std::any_of(survey.refused.begin(), survey.refused.end(), [&](const std::string& path) {
        return path.ends_with(suffix) && path.find('/') == std::string::npos;
      });
  // Those of an os-package come with the package.
  holder.must_have_one = manifest.delivery.value == manifest::Delivery::pushed_artifact;
  return holder;
}

/// The only name with that suffix, or a finding.
ChosenPrimary only_unit(const manifest::Manifest& manifest, const ReadUnits& units, const Holder& holder,
                        std::string_view suffix) {
  std::vector<std::string> candidates;
  std::optional<UnitName> found;
  for (const UnitName& name : units.names) {
    if (name.suffix() != suffix) continue;
    candidates.push_back(name.str());
    found = name;
  }
  if (candidates.size() == 1) return {found, {}};
  const std::string_view supervision = manifest::to_string(manifest.supervision.value);
  if (candidates.size() > 1) {
    return {std::nullopt,
            {finding_at(rules::primary_unit_ambiguous,
                        fmt::format("supervision {} starts one {}, and {} has {}: {}", supervision, suffix,
                                    holder.name, candidates.size(), join(candidates, ", ")),
                        manifest.supervision.at, manifest.supervision.pointer,
                        "name the one to start in systemd.primary")}};
  }
  if (holder.explains || !holder.must_have_one) return {};
  return {std::nullopt,
          {finding_at(
              rules::primary_unit_missing,
              fmt::format("supervision {} starts a {}, and {} has none", supervision, suffix, holder.name),
              manifest.supervision.at, manifest.supervision.pointer,
              fmt::format("add a {} {}", suffix, holder.where))}};
}

/// That its suffix fits the supervision, and that systemd.units lists it, is the manifest's to check.
ChosenPrimary named_primary(const manifest::Manifest& manifest, const ReadUnits& units,
                            const Holder& holder) {
  const auto& named = *manifest.primary;
  if (std::find(units.names.begin(), units.names.end(), named.value) != units.names.end()) {
    return {named.value, {}};
  }
  if (!holder.must_have_one) return {};
  return {std::nullopt,
          {finding_at(
              rules::primary_unit_missing,
              fmt::format("systemd.primary is {}, which {} does not have", named.value.str(), holder.name),
              named.at, named.pointer, fmt::format("add it {}, or name another unit", holder.where))}};
}

/// A timer is of use only with the service that it starts, and that must be the add-on's own.
std::vector<Finding> check_activated(const UnitName& timer, const ReadUnits& units, const Holder& holder) {
  const auto found = std::find_if(units.units.begin(), units.units.end(),
                                  [&](const BundleUnit& unit) { return unit.name == timer; });
  if (found == units.units.end()) return {};
  const auto& activates = found->install.activates;
  const bool is_service = activates.value.ends_with(".service");
  const bool is_ours = std::any_of(units.names.begin(), units.names.end(),
                                   [&](const UnitName& name) { return name.str() == activates.value; });
  if (is_service && is_ours) return {};
  return {finding_at(rules::bundle_file_missing,
                     fmt::format("{} starts {}, which is not a .service of {}", timer.str(),
                                 quoted(activates.value), holder.name),
                     activates.at, "",
                     fmt::format("add that service to {}, or correct Unit= of the timer", holder.name))};
}

std::string_view started_suffix(const manifest::Manifest& manifest) {
  if (manifest.supervision.value == manifest::Supervision::systemd_timer) return ".timer";
  return manifest.supervision.value == manifest::Supervision::systemd_service ? ".service" : "";
}

ChosenPrimary choose(const manifest::Manifest& manifest, const ReadUnits& units, const Holder& holder,
                     std::string_view suffix) {
  ChosenPrimary chosen =
      manifest.primary ? named_primary(manifest, units, holder) : only_unit(manifest, units, holder, suffix);
  if (chosen.primary && chosen.primary->is_timer())
    chosen.findings = check_activated(*chosen.primary, units, holder);
  return chosen;
}

}  // namespace

ChosenPrimary choose_primary(const manifest::Manifest& manifest, const ReadUnits& units,
                             const Survey& survey) {
  const std::string_view suffix = started_suffix(manifest);
  if (suffix.empty()) return {};
  return choose(manifest, units, bundle_holder(manifest, units, survey, suffix), suffix);
}

ChosenPrimary choose_primary(const manifest::Manifest& manifest, const ReadUnits& units,
                             const std::string& package) {
  const std::string_view suffix = started_suffix(manifest);
  if (suffix.empty()) return {};
  return choose(manifest, units, {fmt::format("package {}", package), "to the package"}, suffix);
}

}  // namespace addon::bundle
