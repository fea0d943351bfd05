#include "cli/artifacts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "bundle/limits.hpp"
#include "bundle/minisign.hpp"
#include "bundle/survey.hpp"
#include "core/text.hpp"
#include "linux/directory.hpp"

namespace addon::cli {

namespace {

bool fits(const manifest::Artifact& artifact, const host::PlatformFacts& platform) {
  return (artifact.os.empty() || artifact.os == platform.os) &&
         (artifact.arch.empty() || artifact.arch == platform.arch);
}

std::string any_or(const std::string& text) { return text.empty() ? "any" : printable(text); }

Error of_manifest(const Rule& rule, const manifest::Manifest& manifest, std::string message,
                  const manifest::Artifact& at, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), at.at, at.pointer);
  finding.addon = manifest.id.value.str();
  finding.fix = std::move(fix);
  return Error::of({std::move(finding)});
}

Error none_fits(const manifest::Manifest& manifest, const host::PlatformFacts& platform) {
  std::vector<std::string> there;
  for (const manifest::Artifact& artifact : manifest.artifacts) {
    there.push_back(fmt::format("{}/{}", any_or(artifact.os), any_or(artifact.arch)));
  }
  return of_manifest(rules::host_platform, manifest,
                     fmt::format("{} {} has no artifact for {}/{}, only for {}", manifest.id.value.str(),
                                 manifest.version.value.str(), platform.os, platform.arch, join(there, ", ")),
                     manifest.artifacts.front(), "leave it out on this host, or build it for its platform");
}

/// What `take` gives for a key, or else for its last segment: whoever fetched it seldom keeps the folders of
/// the store.
template <class Take>
auto take_below(const RelativePath& key, Take take) -> decltype(take(key)) {
  auto taken = take(key);
  if (taken || taken.error().errno_value() != ENOENT) return taken;
  auto by_name = take(RelativePath::of({key.name()}));
  const bool is_absent = !by_name && by_name.error().errno_value() == ENOENT;
  return is_absent ? std::move(taken) : std::move(by_name);
}

/// Its signature goes into `found`, where there is one.
Result<> read_signature(const host::Directory& directory, FoundArtifact& found) {
  const manifest::Artifact& artifact = found.artifact;
  const bool is_named = !artifact.signature_ref.empty();
  found.signature_key = is_named ? artifact.signature_ref : artifact.object_key.str() + ".minisig";
  const RelativePath key = TRY(RelativePath::parse(found.signature_key));
  auto text = take_below(key, [&](const RelativePath& path) {
    return directory.read_file(path, bundle::minisign::kMaxSignatureFile + 1);
  });
  if (!text && !is_named && text.error().errno_value() == ENOENT) return {};
  found.signature = TRY(std::move(text));
  return {};
}

}  // namespace

std::optional<manifest::Manifest> released_manifest(const host::Directory& directory,
                                                    const std::string& name) {
  const auto path = bundle::find_manifest(directory, name);
  if (!path) return std::nullopt;
  const auto text = directory.read_file(*path, bundle::kMaxManifestBytes);
  // Nearly every manifest is none of these, and need not be parsed twice.
  if (!text || text->find("artifacts") == std::string::npos) return std::nullopt;
  manifest::ParsedManifest parsed = manifest::parse_manifest(*text, bundle::file_in(name, path->str()));
  if (!parsed.manifest || parsed.manifest->artifacts.empty()) return std::nullopt;
  const auto program = directory.stat(parsed.manifest->binary.value);
  if (!program || *program) return std::nullopt;
  return std::move(parsed.manifest);
}

Result<FoundArtifact> find_artifact(const manifest::Manifest& manifest, const host::Directory& directory,
                                    const host::PlatformFacts& platform,
                                    const std::optional<std::string>& below) {
  const auto found =
      std::find_if(manifest.artifacts.begin(), manifest.artifacts.end(),
                   [&](const manifest::Artifact& artifact) { return fits(artifact, platform); });
  if (found == manifest.artifacts.end()) return tl::unexpected(none_fits(manifest, platform));
  const auto unreadable = [&](const Error& error) {
    return tl::unexpected(of_manifest(rules::bundle_unreadable, manifest,
                                      fmt::format("cannot read the artifact: {}", error.message()), *found,
                                      "fetch it, or say where it is with --source DIR"));
  };
  std::unique_ptr<host::Directory> elsewhere;
  if (below) {
    auto opened = linux::open_directory_path(*below);
    if (!opened) return unreadable(opened.error());
    elsewhere = std::move(*opened);
  }
  const host::Directory& store = elsewhere ? *elsewhere : directory;
  auto file = take_below(found->object_key, [&](const RelativePath& path) { return store.open_file(path); });
  if (!file) return unreadable(file.error());
  FoundArtifact artifact{*found, std::move(*file)};
  if (const auto signature = read_signature(store, artifact); !signature) {
    return tl::unexpected(
        of_manifest(rules::bundle_unreadable, manifest,
                    fmt::format("cannot read the artifact's signature: {}", signature.error().message()),
                    *found, "fetch it, too, or correct signature_ref"));
  }
  return artifact;
}

void check_artifact(const AddonId& id, const Version& version, const std::string& name,
                    bundle::ReadBundle& read) {
  if (!read.bundle) return;
  const manifest::Manifest& inside = read.bundle->manifest;
  if (inside.id.value == id && inside.version.value == version) return;
  Finding finding =
      make_finding(rules::bundle_artifact_digest,
                   fmt::format("it holds {} {}, and the manifest names it as {} {}", inside.id.value.str(),
                               inside.version.value.str(), id.str(), version.str()),
                   {name, 0, 0});
  finding.addon = id.str();
  finding.fix = "correct the manifest's artifacts";
  read.findings.push_back(std::move(finding));
  read.bundle.reset();
}

}  // namespace addon::cli
