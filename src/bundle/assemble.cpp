#include "bundle/assemble.hpp"

#include <fmt/format.h>

#include <iterator>
#include <optional>
#include <utility>

#include "bundle/files.hpp"
#include "bundle/limits.hpp"
#include "bundle/machine.hpp"
#include "bundle/units.hpp"
#include "bundle/unused.hpp"
#include "core/text.hpp"

namespace addon::bundle {

namespace {

Error manifest_error(const Rule& rule, std::string message, const std::string& source, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), {source, 0, 0});
  finding.fix = std::move(fix);
  return Error::of({std::move(finding)});
}

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
  std::move(more.begin(), more.end(), std::back_inserter(findings));
}

struct ReadManifest {
  std::optional<manifest::Manifest> manifest;
  Digest sha256;
  std::string text{};
};

ReadManifest read_manifest(const RelativePath& path, const Survey& survey, Reader& reader,
                           const std::string& source, Parser& parser, std::vector<Finding>& findings) {
  // Without it in the survey there is a finding that says why.
  const SurveyedFile* file = survey.find(path.str());
  if (file == nullptr) return {};
  const std::string shown = file_in(source, path.str());
  // One byte over the limit is enough for the parser to refuse it as too large.
  const auto text = reader.text(*file, kMaxManifestBytes);
  if (!text) {
    findings.push_back(make_finding(unreadable(text.error()),
                                    fmt::format("cannot read the manifest: {}", text.error().message()),
                                    {shown, 0, 0}));
    findings.back().fix = how_to_read(text.error());
    return {};
  }
  manifest::ParsedManifest parsed = parser.manifest(*text, shown);
  append(findings, std::move(parsed.findings));
  return {std::move(parsed.manifest), Digest::of(*text), *text};
}

/// The findings, as those of that add-on.
std::vector<Finding> finished(std::vector<Finding> findings, const AddonId& addon) {
  for (Finding& finding : findings) {
    if (finding.addon.empty()) finding.addon = addon.str();
  }
  sort_findings(findings);
  return findings;
}

}  // namespace

ReadBundle unusable(std::vector<Finding> findings) {
  sort_findings(findings);
  return {std::nullopt, std::move(findings)};
}

bool is_manifest_name(std::string_view name) {
  return name == "addon.yaml" || (name.ends_with(".addon.yaml") && name != ".addon.yaml");
}

Result<RelativePath> choose_manifest(const std::vector<std::string>& names, const std::string& source,
                                     std::string_view what) {
  std::vector<std::string> candidates;
  for (const std::string& name : names) {
    if (name == "addon.yaml") return RelativePath::of({name});
    if (is_manifest_name(name)) candidates.push_back(name);
  }
  if (candidates.size() == 1) return RelativePath::of({candidates.front()});
  if (candidates.empty()) {
    return tl::unexpected(manifest_error(
        rules::bundle_manifest_missing, fmt::format("{} has neither addon.yaml nor a NAME.addon.yaml", what),
        source, fmt::format("add the manifest, or name {} that has it", what)));
  }
  return tl::unexpected(manifest_error(
      rules::bundle_manifest_ambiguous,
      fmt::format("{} has {} manifests: {}", what, candidates.size(), join(candidates, ", ")), source,
      "call the one that counts addon.yaml, or give each bundle a directory of its own"));
}

ReadBundle assemble(Survey survey, Reader& reader, const RelativePath& manifest, const std::string& source,
                    Contents contents, Parser& parser) {
  std::vector<Finding> findings = std::move(survey.findings);
  ReadManifest read = read_manifest(manifest, survey, reader, source, parser, findings);
  ReadUnits units = read_units(survey, reader, source, read.manifest ? &*read.manifest : nullptr, parser);
  append(findings, units.findings);
  if (!read.manifest) return unusable(std::move(findings));
  const AddonId id = read.manifest->id.value;

  ChosenPrimary chosen = choose_primary(*read.manifest, units, survey);
  append(findings, std::move(chosen.findings));
  append(findings, check_files(survey, source, *read.manifest, units.names));
  append(findings, check_unused(survey, source, *read.manifest, units));
  // What will not be installed need not be read.
  if (has_errors(findings)) return {std::nullopt, finished(std::move(findings), id)};

  StagedFiles staged = stage_files(survey, reader, source, *read.manifest, contents);
  append(findings, std::move(staged.findings));
  findings = finished(std::move(findings), id);
  if (has_errors(findings)) return {std::nullopt, std::move(findings)};
  Bundle bundle{source,
                std::move(*read.manifest),
                read.sha256,
                std::move(staged.files),
                std::move(units.units),
                std::move(chosen.primary),
                nullptr};
  bundle.manifest_text = std::move(read.text);
  const bool is_installed = bundle.manifest.delivery.value == manifest::Delivery::pushed_artifact;
  const SurveyedFile* program = survey.find(bundle.manifest.binary.value.str());
  if (is_installed && contents == Contents::hashed && program != nullptr) {
    // What cannot be read is another check's to say.
    bundle.machine = machine_of(reader.beginning(*program).value_or(std::string()));
  }
  return {std::move(bundle), std::move(findings)};
}

}  // namespace addon::bundle
