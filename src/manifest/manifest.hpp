#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/addon_id.hpp"
#include "core/capability.hpp"
#include "core/digest.hpp"
#include "core/finding.hpp"
#include "core/json.hpp"
#include "core/path.hpp"
#include "core/result.hpp"
#include "core/unit_name.hpp"
#include "core/version.hpp"

namespace addon::manifest {

enum class Delivery { compiled_in, pushed_artifact, os_package };
enum class Supervision { config_toggle, agent_sidecar, systemd_service, systemd_timer, ephemeral_helper };

std::string_view to_string(Delivery delivery);        ///< "pushed-artifact"
std::string_view to_string(Supervision supervision);  ///< "systemd-service"
std::optional<Delivery> delivery_from(std::string_view text);
std::optional<Supervision> supervision_from(std::string_view text);

/// A value and where the manifest says it.
template <class T>
struct Sourced {
  T value;
  SourceSpan at;
  std::string pointer;
};

struct RequestedCapability {
  Capability capability;
  SourceSpan at;
  std::string pointer;
};

struct ExtraFile {
  RelativePath path;
  std::optional<unsigned> mode;  ///< permission bits; absent: 0644
  SourceSpan at;
  std::string pointer;
};

struct StateDir {
  std::string path;  ///< absolute, normalised, below /var, /run or /srv
  std::string owner;
  std::string group;
  std::optional<unsigned> mode;
  SourceSpan at;

  /// Below /run, which is empty after each boot.
  bool is_volatile() const;
};

/// Whether a path is one that an add-on may keep its data in: absolute, normalised, and below a
/// directory of /var, or below /run or /srv; not addonctl's own.
bool is_state_path(std::string_view path);

/// After a start: how long to wait for it, and how long it must then stay up unbroken.
struct Health {
  std::chrono::milliseconds timeout{30000};
  std::chrono::milliseconds stable_for{5000};
  std::vector<std::string>
      exec;  ///< a program of the version, relative to the add-on's directory, and arguments
  SourceSpan exec_at{};
};

/// Which file of this version health.exec names: "current/FILE" or "versions/VERSION/FILE". None where that
/// is no file of it.
std::optional<RelativePath> health_file(std::string_view program, const Version& version);

/// resources: limits for the unit's drop-in. Absent members are not limited.
struct Resources {
  std::optional<int> cpu_max_percent;
  std::optional<long long> memory_max_bytes;
  std::optional<long long> memory_high_bytes;
  std::optional<long long> tasks_max;
  std::optional<std::string> slice;
  SourceSpan at;
  SourceSpan slice_at;

  bool is_empty() const {
    return !cpu_max_percent && !memory_max_bytes && !memory_high_bytes && !tasks_max && !slice;
  }
};

/// One of requires.addons.
struct RequiredAddon {
  AddonId id;
  std::string version;  ///< a version constraint; "": any
  SourceSpan at;
  std::string pointer;
};

/// requires.package: what brings the program of an os-package.
struct RequiredPackage {
  std::string name;
  std::string comparison;  ///< ">=", "<=", "=", ">" or "<"; "" where any version will do
  std::string version;     ///< in the order of whichever database has the package
  SourceSpan at;
  std::string pointer;
};

/// One of artifacts: an archive of the bundle for some platform.
struct Artifact {
  std::string os;    ///< by Go's name; "" is any
  std::string arch;  ///< by Go's name; "" is any
  RelativePath object_key;
  Digest sha256;              ///< of the archive's file
  std::string signature_ref;  ///< "" where it says none
  SourceSpan at;
  std::string pointer;
};

/// What one version of an add-on is and asks for: a valid manifest, with the place of everything
/// that policy may have to speak about. Of the fields that this program carries but does not interpret
/// only those are here that the host's agent is told.
struct Manifest {
  std::string file;
  Sourced<AddonId> id;
  std::string name;
  Sourced<Version> version;
  Sourced<Delivery> delivery;
  Sourced<Supervision> supervision;
  /// Sorted by number, merged; what was asked for under requires.os_capabilities.
  std::vector<RequestedCapability> os_capabilities;
  /// requires.run_as; its place is that of `requires` when it is absent, its value then "".
  Sourced<std::string> run_as;
  Sourced<RelativePath> binary;  ///< exec.binary: one segment
  std::string install_path;
  std::vector<std::string> args;
  std::optional<std::vector<Sourced<UnitName>>> units;  ///< systemd.units; absent: those beside the manifest
  std::optional<Sourced<UnitName>> primary;             ///< systemd.primary
  std::optional<std::vector<ExtraFile>> files;          ///< absent: every regular file of the bundle
  std::vector<StateDir> state_dirs;
  Health health;
  std::optional<Resources> resources;
  std::optional<Sourced<RelativePath>> config_schema;
  std::optional<Sourced<std::vector<std::string>>> platforms{};  ///< requires.platforms
  std::vector<RequiredAddon> required_addons{};
  std::optional<RequiredPackage> package{};
  Sourced<std::string> base_agent{};  ///< requires.base_agent, a version constraint; "": any, or none
  std::vector<Artifact> artifacts{};
  std::vector<std::string> product_capabilities{};  ///< capabilities: what it provides, as written
  /// plugin, as written; null where there is none. A number that is no integer is its text.
  Json plugin{};

  CapabilitySet capability_set() const;
};

/// Whether a version is one that a constraint of a valid manifest lets through; "" lets all through.
/// Comparisons are by SemVer's precedence.
bool meets_constraint(const Version& version, std::string_view constraint);

struct ParsedManifest {
  std::optional<Manifest> manifest;  ///< absent when findings hold an error
  std::vector<Finding> findings;     ///< all of them, sorted
};

/// YAML text -> Manifest: schema first, then what no schema can say (capabilities are known and
/// not all blank, no control character reaches a unit, paths stay where they belong, the delivery
/// and supervision make a pair, memory_high <= memory_max), then, as warnings, what is valid and not
/// honoured by this version. Everything wrong is reported, not the first only.
ParsedManifest parse_manifest(std::string_view text, const std::string& file);

}  // namespace addon::manifest
