#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/addon_id.hpp"
#include "core/digest.hpp"
#include "core/path.hpp"
#include "core/unit_name.hpp"
#include "core/version.hpp"
#include "host/accounts.hpp"
#include "host/directory.hpp"
#include "host/package_state.hpp"
#include "host/platform.hpp"
#include "host/unit_manager.hpp"

namespace addon::host {

/// A file of an installed version, as found.
struct InstalledFile {
  RelativePath path;  ///< below versions/VERSION
  FileState state;
  std::optional<Digest> sha256;  ///< regular files only
  FileCapabilities capabilities;
};

/// A directory versions/VERSION, as found.
struct InstalledVersion {
  Version version;
  std::vector<InstalledFile> files;  ///< regular files, sorted by path
  /// Whatever is in it that addonctl never puts there: symlinks, devices, unsafe names.
  std::vector<std::string> strangers;
};

/// /opt/addons/ID, as found.
struct AddonState {
  /// Target of `current`; nullopt when there is none.
  std::optional<std::string> current_target;
  /// The version that `current` names, when it is a symlink to versions/VERSION.
  std::optional<Version> current;
  std::vector<Version> versions;                  ///< directories below versions/, sorted
  std::map<Version, InstalledVersion> inspected;  ///< those that the plan may touch
  /// What makes the tree unfit to be touched: a directory that is a symlink or not root's, a
  /// `current` that is no link to a version. Each a sentence naming the path.
  std::vector<std::string> tampered;
};

/// A drop-in that systemd adds to a unit, as found.
struct UnitDropIn {
  std::string path;
  std::string text;
};

/// A file on the host, as found.
struct FoundFile {
  FileState state;
  std::optional<Digest> sha256;  ///< regular files only
};

/// A unit name on the host, as found.
struct UnitState {
  /// /etc/systemd/system/NAME: its state, and its digest when it is a regular file.
  std::optional<FileState> file;
  std::optional<Digest> sha256;
  /// Where else systemd would find a unit of that name: "/usr/lib/systemd/system/NAME".
  std::vector<std::string> elsewhere;
  /// Further names that stand for it by a symlink, whether or not the unit itself is there.
  std::vector<std::string> aliases = {};
  /// All but addonctl's own, in the order in which they are applied: of its name, its aliases, its
  /// prefixes, its type.
  std::vector<UnitDropIn> drop_ins = {};
  /// Enablement links of the asked-for that exist and lead to the unit.
  std::set<std::string> links;
  /// addonctl's own drop-in, NAME.d/50-addonctl-resources.conf; only where a release has one.
  std::optional<FoundFile> drop_in{};
  std::optional<UnitStatus> status;  ///< live hosts only
};

/// Digests of files that were hashed before, by what identifies their bytes.
struct FileIdentityHash {
  std::size_t operator()(const FileIdentity& identity) const {
    return static_cast<std::size_t>(identity.inode * 0x9E3779B97F4A7C15ULL ^
                                    static_cast<std::uint64_t>(identity.ctime_ns));
  }
};
using KnownDigests = std::unordered_map<FileIdentity, Digest, FileIdentityHash>;

/// A program of the host that a unit runs.
struct ProgramState {
  /// Why someone other than root can change what is run: each a sentence naming the file, link or
  /// directory. Nothing for a program that is absent below directories of root's.
  std::vector<std::string> writable;
};

/// What there is of a state directory.
struct StateDirState {
  /// What stands on the way to it, from the top on, by its absolute path: directories, and as the last
  /// perhaps what is none.
  std::vector<std::pair<std::string, FileState>> above;
  std::optional<FileState> state;    ///< its own, of whatever type
  std::optional<Contents> contents;  ///< where they were asked for, and it is a directory
};

/// What is known of the base agent.
struct BaseAgent {
  std::optional<Version> version;
  std::string
      source;  ///< where that comes from: "/etc/addonctl/agent-version", "/usr/bin/agent (policy.yaml:3)"
  std::string fault;  ///< a sentence that says why there is no version; "" where there is one
};

/// The part of a host that a plan touches, as observed once.
struct HostState {
  bool live = true;  ///< false for --root: units are enabled but never started
  std::map<AddonId, AddonState> addons;
  std::map<UnitName, UnitState> units;
  std::map<std::string, std::optional<Account>> users;  ///< each user asked about
  PlatformFacts platform;
  std::map<std::string, ProgramState> programs = {};  ///< each program asked about, by its absolute path
  std::map<std::string, std::optional<unsigned>> groups = {};  ///< gid of each group asked about
  std::map<std::string, StateDirState> state_dirs = {};        ///< each by its absolute path
  std::map<AddonId, PackageState> packages = {};               ///< of each os-package that was asked about
  std::optional<BaseAgent> base_agent = {};                    ///< where an add-on asks for one
  std::optional<FoundFile> registry{};                         ///< /var/lib/addonctl/registry.json

  /// Whether units can be started here, and need to be reloaded.
  bool runs_systemd() const { return live && platform.has_systemd; }
};

}  // namespace addon::host
