#include "bundle/unused.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/text.hpp"

namespace addon::bundle {

namespace {

Finding unused(std::string message, SourceSpan at, std::string fix) {
  Finding finding = make_finding(rules::bundle_file_unused, std::move(message), std::move(at));
  finding.fix = std::move(fix);
  return finding;
}

std::vector<Finding> files_of_compiled_in(const Survey& survey, const std::string& source,
                                          const manifest::Manifest& manifest) {
  std::vector<Finding> findings;
  for (const SurveyedFile& file : survey.files) {
    const std::string at = file_in(source, file.path.str());
    const bool is_schema = manifest.config_schema && manifest.config_schema->value == file.path;
    if (at == manifest.file || is_schema) continue;
    findings.push_back(unused(
        fmt::format("{} would not be installed: delivery compiled-in has no files", quoted(file.path.str())),
        {at, 0, 0}, "leave it out of the bundle, or use delivery pushed-artifact"));
  }
  return findings;
}

}  // namespace

std::vector<Finding> check_unused(const Survey& survey, const std::string& source,
                                  const manifest::Manifest& manifest, const ReadUnits& units) {
  using manifest::Supervision;
  if (manifest.delivery.value == manifest::Delivery::compiled_in)
    return files_of_compiled_in(survey, source, manifest);
  const Supervision supervision = manifest.supervision.value;
  if (supervision == Supervision::systemd_service || supervision == Supervision::systemd_timer) return {};
  std::vector<Finding> findings;
  for (const BundleUnit& unit : units.units) {
    findings.push_back(
        unused(fmt::format("{} would not be installed: with supervision {} it is not systemd that starts the "
                           "program",
                           unit.name.str(), manifest::to_string(supervision)),
               unit.asked_at, "leave it out of the bundle, or use supervision systemd-service"));
  }
  return findings;
}

}  // namespace addon::bundle
