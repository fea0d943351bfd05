#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/signature.hpp"
#include "core/digest.hpp"
#include "core/finding.hpp"
#include "core/path.hpp"
#include "host/directory.hpp"
#include "host/package_state.hpp"
#include "host/state.hpp"
#include "manifest/manifest.hpp"
#include "unit/install.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::bundle {

/// A file that belongs to the add-on: what is staged.
struct BundleFile {
  RelativePath path;
  Digest sha256;
  std::uint64_t size = 0;
  unsigned mode = 0644;  ///< permission bits that it gets when staged
  host::FileIdentity identity;
};

/// A unit of the bundle, parsed and analysed.
struct BundleUnit {
  UnitName name;
  Digest sha256;
  std::uint64_t size = 0;
  SourceSpan asked_at;  ///< the manifest's line that names it; the unit file where none does
  unit::Privileges privileges;
  unit::Install install;
  std::vector<unit::Directive> directives{};  ///< the text, for policy
  std::string packaged_at{};                  ///< where a package has put it; "" for a unit of the bundle
};

/// What an archive is as a file: what a manifest pins, and what is signed.
struct ArchiveDigests {
  Digest sha256;
  Blake2b::Value blake2b512{};
  std::uint64_t size = 0;
};

/// A directory that an archive's files were written to: root's own, for nobody else to enter, and its
/// holder's to move.
struct Unpacked {
  std::shared_ptr<host::Directory> parent;
  std::string name;  ///< in `parent`
  std::shared_ptr<host::Directory> directory;
};

/// Everything that one bundle holds, checked: the manifest, every file it names, and nothing that
/// could carry a privilege of its own.
struct Bundle {
  std::string source;  ///< the directory or archive, as named by the caller
  manifest::Manifest manifest;
  Digest manifest_sha256;
  std::vector<BundleFile> files;  ///< with manifest and units; sorted by path
  std::vector<BundleUnit> units;  ///< sorted by name
  std::optional<UnitName> primary;
  /// Held open: staging reads through it. Null of an archive that was read without being unpacked.
  std::shared_ptr<const host::Directory> directory;
  std::string manifest_text{};              ///< the manifest's bytes
  std::string_view machine{};               ///< of the program: machine_of()
  std::optional<ArchiveDigests> archive{};  ///< of one that came as an archive
  /// That `directory` may be moved into place: every file in it has the identity, and the bytes, of `files`.
  std::optional<Unpacked> unpacked{};
  std::optional<host::PackageState> package{};  ///< of an os-package, once it was looked at: use_package()
  std::optional<Digest> override_sha256{};      ///< of the local override that the manifest was changed by
  std::vector<ListedFile> listing{};  ///< what a signature covers; empty where files were not hashed
  std::optional<BundleSignature>
      signature{};  ///< MANIFEST.minisig, neither listed nor staged; or ARCHIVE.minisig
  /// As verify_signature() found; of an installed version, as recorded.
  std::optional<Signer> signer{};
};

class Parser;

struct ReadBundle {
  std::optional<Bundle> bundle;  ///< absent when findings hold an error
  std::vector<Finding> findings;
};

/// What stands in the directory: somebody's bundle, or a version that was staged from one (root's
/// own, which may carry file capabilities and is not judged for them).
enum class Origin { bundle, installed };

/// Whether files that are neither manifest nor unit are read to be hashed. Unread, their digest is
/// Digest{}: enough to judge a bundle, not to install it.
enum class Contents { hashed, unread };

/// Reads and checks a bundle directory. Files whose identity is in `known` are not read again.
/// Refused, each by name: symlinks, hard links, devices, set-id bits, extended attributes, unsafe
/// names, a missing or ambiguous manifest, files named but absent, files that a `files:` list does
/// not name. Limits: 4,096 files, 4 GiB a file. Manifest and units are read by `parser`, null: by this
/// process.
ReadBundle read_directory(std::shared_ptr<const host::Directory> directory, const std::string& source,
                          Origin origin, const host::KnownDigests& known,
                          Contents contents = Contents::hashed, Parser* parser = nullptr);

/// The one manifest of a directory: addon.yaml, else the only *.addon.yaml.
Result<RelativePath> find_manifest(const host::Directory& directory, const std::string& source);

}  // namespace addon::bundle
