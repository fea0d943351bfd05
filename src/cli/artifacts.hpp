#pragma once

#include <memory>
#include <optional>
#include <string>

#include "bundle/bundle.hpp"
#include "core/result.hpp"
#include "host/directory.hpp"
#include "host/platform.hpp"
#include "manifest/manifest.hpp"

namespace addon::cli {

/// The manifest of a directory that holds a release and no bundle: it lists artifacts, and its program is not
/// beside it. Nullopt for any other, and for one that cannot be read, which is for whoever reads it as a
/// bundle to say. Findings would call the directory `name`.
std::optional<manifest::Manifest> released_manifest(const host::Directory& directory,
                                                    const std::string& name);

struct FoundArtifact {
  manifest::Artifact artifact;
  std::unique_ptr<host::File> file;
  std::optional<std::string> signature{};  ///< the text of its signature; nullopt where it has none
  std::string signature_key{};             ///< its name: signature_ref, or OBJECT_KEY.minisig
};

/// The first artifact for this platform, opened: below the manifest's directory, or below `below` if that is
/// given, by its object_key or else by the last segment of that. So is its signature: by signature_ref, which
/// must then be there, or else by OBJECT_KEY.minisig. Errors: a finding host-platform that names those that
/// there are, or bundle-unreadable.
Result<FoundArtifact> find_artifact(const manifest::Manifest& manifest, const host::Directory& directory,
                                    const host::PlatformFacts& platform,
                                    const std::optional<std::string>& below);

/// That what was read from the artifact is what its manifest is about: the same version of the same add-on.
/// Else a finding bundle-artifact-digest, and no bundle.
void check_artifact(const AddonId& id, const Version& version, const std::string& name,
                    bundle::ReadBundle& read);

}  // namespace addon::cli
