#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bundle/bundle.hpp"
#include "bundle/signature.hpp"
#include "core/addon_id.hpp"
#include "core/capability.hpp"
#include "core/digest.hpp"
#include "core/json.hpp"
#include "core/path.hpp"
#include "core/unit_name.hpp"
#include "core/version.hpp"
#include "manifest/manifest.hpp"
#include "plan/drop_in.hpp"
#include "plan/listing.hpp"
#include "unit/install.hpp"

namespace addon::plan {

struct ReleaseFile {
  RelativePath path;
  Digest sha256;
  std::uint64_t size = 0;
  unsigned mode = 0644;
  bool run_as_group = false;  ///< group is run_as's, so that only it may execute capabilities

  bool operator==(const ReleaseFile&) const = default;
};

struct ReleaseUnit {
  UnitName name;
  Digest sha256;
  std::vector<unit::InstallLink> links;
  std::string path{};  ///< where a package has put it; "" for one that addonctl installs

  bool operator==(const ReleaseUnit&) const = default;
};

/// A directory that the add-on keeps data in.
struct ReleaseStateDir {
  std::string path;   ///< absolute
  std::string owner;  ///< a user's name
  std::string group;  ///< a group's name; "": the owner's own
  unsigned mode = 0750;

  bool operator==(const ReleaseStateDir&) const = default;
};

/// The package that brings an os-package, as it was when the add-on was applied.
struct ReleasePackage {
  std::string database;  ///< "dpkg", "rpm"
  std::string name;
  std::string version;

  bool operator==(const ReleasePackage&) const = default;
};

/// What a version of an add-on is once installed: the wanted-after of a plan, and what a
/// generation records. Two releases are equal when installing either gives the same host.
struct Release {
  AddonId id;
  Version version;
  manifest::Delivery delivery{};
  manifest::Supervision supervision{};
  std::string run_as;
  RelativePath binary;
  CapabilitySet capabilities;
  std::vector<ReleaseFile> files;  ///< sorted by path
  std::vector<ReleaseUnit> units;  ///< sorted by name
  std::optional<UnitName> primary;
  manifest::Health health;
  Digest manifest_sha256;
  std::optional<ReleaseDropIn> drop_in{};
  std::vector<ReleaseStateDir> state_dirs{};  ///< sorted by path
  std::string health_user{};                  ///< runs health.exec; "" where there is none
  std::optional<ReleasePackage> package{};
  std::string program{};  ///< absolute path of the program that a package brings; "" for one of `files`
  /// Whose signature was verified when it was applied; that key may not be trusted any more.
  std::optional<bundle::Signer> signer{};
  Listing listing{};  ///< records by earlier versions have none
  std::vector<Requirement> requirements{};
  /// Where nothing is staged: the manifest's bytes, which are all that there is to go back to.
  std::string manifest_text{};

  /// Whether it has a directory versions/VERSION.
  bool is_staged() const { return delivery == manifest::Delivery::pushed_artifact; }

  const ReleaseUnit* find_unit(const UnitName& name) const;
  /// Whether what is installed of both is the same. The permission bits and group rule of the binary follow
  /// from its capabilities.
  bool same_files(const Release& other) const;
  /// Whether what the author ships is the same, whoever may run it on this host.
  bool same_content(const Release& other) const;
};

Release make_release(const bundle::Bundle& bundle);

/// Of the bytes that a release consists of, whoever owns them: its manifest, and each file by its path.
Digest content_digest(const Release& release);

/// Whether the bundle is that version with those bytes.
bool is_content_of(const bundle::Bundle& bundle, const Release& release);

Json to_json(const Release& release);
/// The inverse; an error names what is missing or malformed.
Result<Release> release_from_json(const Json& json);

}  // namespace addon::plan
