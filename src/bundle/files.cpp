#include "bundle/files.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "core/text.hpp"

namespace addon::bundle {

namespace {

class Check {
 public:
  Check(const Survey& survey, const std::string& source, const manifest::Manifest& manifest)
      : survey_(survey), source_(source), manifest_(manifest) {}

  void check_binary(const std::vector<UnitName>& units);
  void check_named();
  void check_unlisted(const std::vector<UnitName>& units);
  void check_health();
  void check_mode(const manifest::ExtraFile& extra);
  std::vector<Finding> findings() && { return std::move(findings_); }

 private:
  bool is_pushed() const { return manifest_.delivery.value == manifest::Delivery::pushed_artifact; }
  bool is_absent(const RelativePath& path) const {
    return survey_.find(path.str()) == nullptr && !survey_.refuses(path.str());
  }
  void add(const Rule& rule, std::string message, SourceSpan at, std::string pointer, std::string fix);

  const Survey& survey_;
  const std::string& source_;
  const manifest::Manifest& manifest_;
  std::vector<Finding> findings_;
};

void Check::add(const Rule& rule, std::string message, SourceSpan at, std::string pointer, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), std::move(at), std::move(pointer));
  finding.fix = std::move(fix);
  findings_.push_back(std::move(finding));
}

// Whoever may execute a program with capabilities has them.
void Check::check_mode(const manifest::ExtraFile& extra) {
  constexpr unsigned others = 0007;
  const bool is_granted = extra.path == manifest_.binary.value && !manifest_.os_capabilities.empty();
  if (!is_granted || (extra.mode.value_or(0) & others) == 0) return;
  add(rules::capability_world_executable,
      fmt::format("{} is to be {:04o}, but {} gives it capabilities: it is 0750, for run_as's group only",
                  extra.path.str(), *extra.mode, to_string(manifest_.os_capabilities.front().at)),
      extra.at, extra.pointer, "leave its mode out");
}

// What is read as something else is no program, and must not get its capabilities.
void Check::check_binary(const std::vector<UnitName>& units) {
  const RelativePath& binary = manifest_.binary.value;
  std::string_view what;
  if (manifest_.config_schema && manifest_.config_schema->value == binary) what = "the config_schema";
  for (const UnitName& unit : units) {
    if (unit.str() == binary.str()) what = "a unit";
  }
  if (file_in(source_, binary.str()) == manifest_.file) what = "the manifest";
  if (what.empty() || !is_pushed()) return;
  add(rules::exec_no_program, fmt::format("exec.binary is {}, which is {}", quoted(binary.str()), what),
      manifest_.binary.at, manifest_.binary.pointer, "name the program that the add-on runs");
}

void Check::check_named() {
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
    check_mode(extra);
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

unsigned mode_of(const manifest::Manifest& manifest, const RelativePath& path);

// What it names was checked to be in the version.
void Check::check_health() {
  const manifest::Health& health = manifest_.health;
  if (health.exec.empty()) return;
  const auto file = manifest::health_file(health.exec.front(), manifest_.version.value);
  if (!file) return;
  const std::string name = quoted(file->str());
  if (!is_pushed()) {
    add(rules::health_exec,
        fmt::format("health.exec runs {}, but no file is installed with this delivery", name), health.exec_at,
        "/health/exec", "leave it out, and let the unit fail when all is not well");
  } else if (is_absent(*file)) {
    if (*file == manifest_.binary.value) return;  // told already
    add(rules::health_exec, fmt::format("health.exec runs {}, which the bundle does not have", name),
        health.exec_at, "/health/exec", "add the file, or correct its name");
  } else if (constexpr unsigned others = 0001;
             (mode_of(manifest_, *file) & others) == 0 && *file != manifest_.binary.value) {
    add(rules::health_exec, fmt::format("health.exec runs {}, which is not executable for its user", name),
        health.exec_at, "/health/exec",
        fmt::format("list it in files: {{path: {}, mode: \"0755\"}}", file->str()));
  }
}

void Check::check_unlisted(const std::vector<UnitName>& units) {
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

unsigned mode_of(const manifest::Manifest& manifest, const RelativePath& path) {
  // Whoever may execute a binary gets its capabilities, so then only its group may.
  if (path == manifest.binary.value) return manifest.os_capabilities.empty() ? 0755 : 0750;
  if (manifest.files) {
    for (const manifest::ExtraFile& extra : *manifest.files) {
      if (extra.path == path) return extra.mode.value_or(0644);
    }
  }
  return 0644;
}

}  // namespace

std::vector<Finding> check_files(const Survey& survey, const std::string& source,
                                 const manifest::Manifest& manifest, const std::vector<UnitName>& units) {
  Check check(survey, source, manifest);
  check.check_binary(units);
  check.check_named();
  check.check_unlisted(units);
  check.check_health();
  return std::move(check).findings();
}

StagedFiles stage_files(const Survey& survey, Reader& reader, const std::string& source,
                        const manifest::Manifest& manifest, Contents contents) {
  StagedFiles staged;
  if (manifest.delivery.value != manifest::Delivery::pushed_artifact) return staged;
  for (const SurveyedFile& surveyed : survey.files) {
    const auto digest = contents == Contents::hashed ? reader.digest(surveyed) : Result<Digest>(Digest{});
    if (digest) {
      staged.files.push_back({surveyed.path, *digest, surveyed.state.identity.size,
                              mode_of(manifest, surveyed.path), surveyed.state.identity});
    } else {
      Finding finding = make_finding(unreadable(digest.error()),
                                     fmt::format("cannot read the file: {}", digest.error().message()),
                                     {file_in(source, surveyed.path.str()), 0, 0});
      finding.fix = how_to_read(digest.error());
      staged.findings.push_back(std::move(finding));
    }
  }
  return staged;
}

}  // namespace addon::bundle
