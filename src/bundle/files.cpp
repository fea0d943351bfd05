#include "bundle/files.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "core/text.hpp"

namespace addon::bundle {

namespace {

class Choice {
 public:
  Choice(const Survey& survey, const std::string& source, const manifest::Manifest& manifest)
      : survey_(survey), source_(source), manifest_(manifest) {}

  void check_named();
  void check_unlisted(const std::vector<UnitName>& units);
  BundleFile file(const SurveyedFile& surveyed, const Digest& digest) const;
  void unreadable(const SurveyedFile& surveyed, const Error& error);
  std::vector<Finding> findings() && { return std::move(findings_); }

 private:
  bool is_pushed() const { return manifest_.delivery.value == manifest::Delivery::pushed_artifact; }
  bool is_absent(const RelativePath& path) const {
    return survey_.find(path.str()) == nullptr && !survey_.refuses(path.str());
  }
  void add(const Rule& rule, std::string message, SourceSpan at, std::string pointer, std::string fix);
  unsigned mode_of(const RelativePath& path) const;

  const Survey& survey_;
  const std::string& source_;
  const manifest::Manifest& manifest_;
  std::vector<Finding> findings_;
};

void Choice::add(const Rule& rule, std::string message, SourceSpan at, std::string pointer, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), std::move(at), std::move(pointer));
  finding.fix = std::move(fix);
  findings_.push_back(std::move(finding));
}

void Choice::check_named() {
  if (is_pushed() && is_absent(manifest_.binary.value)) {
    add(rules::bundle_file_missing,
        fmt::format("the bundle has no file {}, the binary", quoted(manifest_.binary.value.str())),
        manifest_.binary.at, manifest_.binary.pointer,
        "add the binary beside the manifest, or correct exec.binary");
  }
  if (manifest_.config_schema && is_absent(manifest_.config_schema->value)) {
    add(rules::config_schema_missing,
        fmt::format("the bundle has no file {}, the config_schema",
                    quoted(manifest_.config_schema->value.str())),
        manifest_.config_schema->at, manifest_.config_schema->pointer,
        "add the file, or remove config_schema");
  }
  if (!manifest_.files) return;
  for (const manifest::ExtraFile& extra : *manifest_.files) {
    // The binary has been looked for already.
    if (!is_absent(extra.path) || (is_pushed() && extra.path == manifest_.binary.value)) continue;
    const std::string name = quoted(extra.path.str());
    if (survey_.is_directory(extra.path.str())) {
      add(rules::bundle_file_missing, fmt::format("{} is a directory of the bundle, not a file", name),
          extra.at, extra.pointer, "list each of its files");
    } else {
      add(rules::bundle_file_missing, fmt::format("the bundle has no file {}", name), extra.at, extra.pointer,
          "add the file, or take it off the list");
    }
  }
}

void Choice::check_unlisted(const std::vector<UnitName>& units) {
  if (!manifest_.files) return;
  std::set<std::string> named{manifest_.binary.value.str()};
  for (const UnitName& unit : units) named.insert(unit.str());
  for (const manifest::ExtraFile& extra : *manifest_.files) named.insert(extra.path.str());
  if (manifest_.config_schema) named.insert(manifest_.config_schema->value.str());
  for (const SurveyedFile& surveyed : survey_.files) {
    const std::string at = file_in(source_, surveyed.path.str());
    if (named.contains(surveyed.path.str()) || at == manifest_.file) continue;
    add(rules::bundle_file_unlisted,
        fmt::format("{} is not one of the files that the manifest lists", quoted(surveyed.path.str())),
        {at, 0, 0}, "", "add it to files, or leave it out of the bundle");
  }
}

unsigned Choice::mode_of(const RelativePath& path) const {
  // Whoever may execute a binary gets its capabilities, so then only its group may.
  if (path == manifest_.binary.value) return manifest_.os_capabilities.empty() ? 0755 : 0750;
  if (manifest_.files) {
    for (const manifest::ExtraFile& extra : *manifest_.files) {
      if (extra.path == path) return extra.mode.value_or(0644);
    }
  }
  return 0644;
}

BundleFile Choice::file(const SurveyedFile& surveyed, const Digest& digest) const {
  return {surveyed.path, digest, surveyed.state.identity.size, mode_of(surveyed.path),
          surveyed.state.identity};
}

void Choice::unreadable(const SurveyedFile& surveyed, const Error& error) {
  add(rules::bundle_unreadable, fmt::format("cannot read the file: {}", error.message()),
      {file_in(source_, surveyed.path.str()), 0, 0}, "", "check that you may read it");
}

}  // namespace

ChosenFiles choose_files(const Survey& survey, Reader& reader, const std::string& source,
                         const manifest::Manifest& manifest, const std::vector<UnitName>& units) {
  Choice choice(survey, source, manifest);
  choice.check_named();
  choice.check_unlisted(units);
  ChosenFiles chosen;
  if (manifest.delivery.value == manifest::Delivery::pushed_artifact) {
    for (const SurveyedFile& surveyed : survey.files) {
      if (const auto digest = reader.digest(surveyed)) {
        chosen.files.push_back(choice.file(surveyed, *digest));
      } else {
        choice.unreadable(surveyed, digest.error());
      }
    }
  }
  chosen.findings = std::move(choice).findings();
  return chosen;
}

}  // namespace addon::bundle
