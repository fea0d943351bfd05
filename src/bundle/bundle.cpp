#include "bundle/bundle.hpp"

#include <fmt/format.h>

#include <array>
#include <span>
#include <utility>

#include "bundle/files.hpp"
#include "bundle/machine.hpp"
#include "bundle/reader.hpp"
#include "bundle/survey.hpp"
#include "bundle/units.hpp"
#include "core/text.hpp"

namespace addon::bundle {

namespace {

constexpr std::size_t kMaxManifestBytes = std::size_t{1} << 20;

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
                           const std::string& source, std::vector<Finding>& findings) {
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
  manifest::ParsedManifest parsed = manifest::parse_manifest(*text, shown);
  append(findings, std::move(parsed.findings));
  return {std::move(parsed.manifest), Digest::of(*text), *text};
}

// What machine it is for; "" for what cannot be read, which is another check's to say.
std::string_view read_machine(const host::Directory& directory, const RelativePath& program) {
  const auto file = directory.open_file(program);
  if (!file) return "";
  std::array<char, kMachineBytes> head{};
  const auto got = (*file)->read(std::as_writable_bytes(std::span(head)));
  return got ? machine_of(std::string_view(head.data(), *got)) : std::string_view();
}

/// The findings, as those of that add-on.
std::vector<Finding> finished(std::vector<Finding> findings, const AddonId& addon) {
  for (Finding& finding : findings) {
    if (finding.addon.empty()) finding.addon = addon.str();
  }
  sort_findings(findings);
  return findings;
}

ReadBundle unusable(std::vector<Finding> findings) {
  sort_findings(findings);
  return {std::nullopt, std::move(findings)};
}

}  // namespace

Result<RelativePath> find_manifest(const host::Directory& directory, const std::string& source) {
  const auto entries = directory.list();
  if (!entries) {
    return tl::unexpected(manifest_error(
        unreadable(entries.error()), fmt::format("cannot list the directory: {}", entries.error().message()),
        source, "check that it exists and that you may read it"));
  }
  std::vector<std::string> candidates;
  for (const host::DirectoryEntry& entry : *entries) {
    if (entry.type == host::FileType::directory || !is_safe_segment(entry.name)) continue;
    if (entry.name == "addon.yaml") return RelativePath::of({entry.name});
    if (entry.name.ends_with(".addon.yaml") && entry.name != ".addon.yaml") candidates.push_back(entry.name);
  }
  if (candidates.size() == 1) return RelativePath::of({candidates.front()});
  if (candidates.empty()) {
    return tl::unexpected(manifest_error(rules::bundle_manifest_missing,
                                         "the directory has neither addon.yaml nor a NAME.addon.yaml", source,
                                         "add the manifest, or name the directory that has it"));
  }
  return tl::unexpected(manifest_error(
      rules::bundle_manifest_ambiguous,
      fmt::format("the directory has {} manifests: {}", candidates.size(), join(candidates, ", ")), source,
      "call the one that counts addon.yaml, or give each bundle a directory of its own"));
}

ReadBundle read_directory(std::shared_ptr<const host::Directory> directory, const std::string& source,
                          Origin origin, const host::KnownDigests& known, Contents contents) {
  // What is in a directory without a manifest is nobody's bundle, and no fault of it.
  const auto manifest_path = find_manifest(*directory, source);
  if (!manifest_path) return unusable(manifest_path.error().findings());
  Survey found = survey(*directory, source, origin);
  std::vector<Finding> findings = std::move(found.findings);
  if (!found.complete) return unusable(std::move(findings));
  Reader reader(*directory, known);

  ReadManifest read = read_manifest(*manifest_path, found, reader, source, findings);
  ReadUnits units = read_units(found, reader, source, read.manifest ? &*read.manifest : nullptr);
  append(findings, units.findings);
  if (!read.manifest) return unusable(std::move(findings));
  const AddonId id = read.manifest->id.value;

  ChosenPrimary chosen = choose_primary(*read.manifest, units, found);
  append(findings, std::move(chosen.findings));
  append(findings, check_files(found, source, *read.manifest, units.names));
  // What will not be installed need not be read.
  if (has_errors(findings)) return {std::nullopt, finished(std::move(findings), id)};

  StagedFiles staged = stage_files(found, reader, source, *read.manifest, contents);
  append(findings, std::move(staged.findings));
  findings = finished(std::move(findings), id);
  if (has_errors(findings)) return {std::nullopt, std::move(findings)};
  Bundle bundle{source,
                std::move(*read.manifest),
                read.sha256,
                std::move(staged.files),
                std::move(units.units),
                std::move(chosen.primary),
                std::move(directory)};
  bundle.manifest_text = std::move(read.text);
  if (bundle.manifest.delivery.value == manifest::Delivery::pushed_artifact && contents == Contents::hashed) {
    bundle.machine = read_machine(*bundle.directory, bundle.manifest.binary.value);
  }
  return {std::move(bundle), std::move(findings)};
}

}  // namespace addon::bundle
