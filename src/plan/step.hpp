#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/addon_id.hpp"
#include "core/finding.hpp"
#include "core/json.hpp"
#include "core/unit_name.hpp"
#include "core/version.hpp"
#include "host/directory.hpp"
#include "plan/release.hpp"
#include "unit/install.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::plan {

/// Something that a manifest or unit asks for, and where. Policy decides on it.
struct Asked {
  std::string what;  ///< "cap_net_raw", "probe", "systemd-service"
  SourceSpan at;
  std::string pointer;

  bool operator==(const Asked&) const = default;
};

/// A policy line that allows something a step does.
struct Decision {
  std::string subject;  ///< "capability cap_net_raw"
  SourceSpan asked_at;
  PolicyRef by;
  std::string addon{};  ///< whom it allows that
};

/// Puts versions/VERSION in place, complete and without capabilities.
struct Stage {
  AddonId addon;
  Version version;
  std::string run_as;  ///< group of files with run_as_group; root's where empty
  std::vector<ReleaseFile> files;
  bool replaces = false;  ///< an altered directory of the same version stands there and is swapped out
  SourceSpan at{};        ///< where the version is asked for; nowhere where no bundle was read
};

/// Gives a file of a version its capabilities, or takes them.
struct SetCapabilities {
  AddonId addon;
  Version version;
  RelativePath path;
  host::FileCapabilities before;
  host::FileCapabilities after;
  std::vector<Asked> asked;  ///< one for each capability of `after`
};

/// Puts versions/VERSION/UNIT at /etc/systemd/system/UNIT.
struct InstallUnit {
  AddonId addon;
  Version version;
  UnitName unit;
  std::optional<Digest> before;
  Digest after;
  Asked name;  ///< where the unit is asked for
  unit::Privileges privileges;
  unit::Install install;
  Asked run_as;  ///< the manifest's; `what` is "" where it does not say
  /// The release's program as units reach it and the capabilities that its file has, for finding
  /// those that the unit would make void; empty where it has none.
  std::string granted_program;
  std::vector<Asked> granted;
  std::vector<unit::Directive> directives{};  ///< the unit's text, for policy; not in the public JSON
  /// The host's drop-ins that privileges, install and directives already hold.
  std::vector<std::string> drop_ins{};
};

struct RemoveUnit {
  AddonId addon;
  UnitName unit;
  Digest before;
};

/// Puts addonctl's drop-in with the limits of a service at /etc/systemd/system/UNIT.d.
struct InstallDropIn {
  AddonId addon;
  Version version;
  ReleaseDropIn drop_in;
  std::optional<Digest> before;
  std::vector<unit::Directive> directives{};  ///< the same as the manifest asks for it, for policy
};

struct RemoveDropIn {
  AddonId addon;
  UnitName unit;
  Digest before;
};

/// Who a directory belongs to, and its mode.
struct DirectoryRights {
  unsigned uid = 0;
  unsigned gid = 0;
  unsigned mode = 0;

  bool operator==(const DirectoryRights&) const = default;
};

/// Makes a directory that the add-on keeps data in, or gives the one that is there its owner and mode.
struct MakeStateDir {
  AddonId addon;
  Asked path;         ///< `what` is absolute
  std::string owner;  ///< a user's name
  std::string group;  ///< a group's name; "": the owner's own
  std::optional<DirectoryRights> before;
  DirectoryRights after;
};

/// Deletes such a directory with all that is in it.
struct PurgeStateDir {
  AddonId addon;
  std::string path;
  host::Contents contents;  ///< when the plan was made, for its reader
};

/// What a version asks for as a whole.
struct Terms {
  Asked delivery;
  Asked supervision;
  Asked run_as;  ///< `what` is "" where the manifest does not say
  std::vector<Asked> state_dirs{};
  std::vector<Asked> state_owners{};  ///< users that state_dirs names
  std::vector<Asked> state_groups{};
  std::optional<Asked> program{};  ///< of the host, that the agent is told to run: absolute
  SourceSpan version_at{};
  /// Units of the version that are on the host already, byte for byte. No step installs them, and
  /// they run the new program all the same, so they are judged like those that one does.
  std::vector<InstallUnit> standing_units = {};
};

/// Points `current` at a version, or removes it (no `after`).
struct SwitchCurrent {
  AddonId addon;
  std::optional<Version> before;
  std::optional<Version> after;
  std::optional<Terms> terms;  ///< present with `after`
};

/// Sees to it that the package which brings the add-on is the one that was looked at, and takes its units as
/// they are. Changes nothing.
struct UsePackage {
  struct Unit {
    UnitName name;
    std::string path;
    Digest after;
    std::optional<Digest> found;  ///< on the host
  };
  AddonId addon;
  Version version;
  std::string database;
  std::string package;
  std::string before;  ///< the package's version by the last generation; "" for none
  std::string after;   ///< the one that is wanted
  std::string found;   ///< the one that is installed; other than `after` only where drift is looked for
  std::vector<Unit> units;
  Terms terms;  ///< the units are among its standing units
};

/// An add-on whose entry in the registry changes, or has to be put back.
struct RegistryChange {  // NOLINT(bugprone-exception-escape): as below
  AddonId addon;
  std::optional<Version> before;
  std::optional<Version> after;
  Json entry;                  ///< what it says afterwards; null where it goes
  std::optional<Terms> terms;  ///< with `after`, where no switch of `current` has them
};

/// Replaces the registry, which says to the host's agent what is active. A transaction has one at its end,
/// once all that it says is ready, and one at its beginning where something is not to be found there any
/// more.
struct UpdateRegistry {  // NOLINT(bugprone-exception-escape): the move of a Json asserts, it does not throw
  enum class Phase { withdraw, publish };
  Phase phase = Phase::publish;
  Json entries;  ///< all that are in it afterwards
  /// The file as it was found, a digest of zeroes for what is no regular file.
  std::optional<Digest> before;
  bool is_altered = false;  ///< it is not what the last generation says
  std::vector<RegistryChange> changes;
};

/// One daemon-reload, because the files of these units changed.
struct Reload {
  std::vector<UnitName> units;
};

struct SetEnablement {
  AddonId addon;
  UnitName unit;
  std::vector<unit::InstallLink> links;  ///< those that are made or removed
  bool enable = true;
};

enum class RunAction { start, restart, stop };

struct SetRunning {
  AddonId addon;
  UnitName unit;
  RunAction action = RunAction::start;
  bool active_before = false;
  std::chrono::milliseconds timeout{30000};
};

/// A program of a version that says by exiting with 0 that all is well.
struct HealthProgram {
  Version version;
  Asked file;  ///< `what` is its path in the version
  std::vector<std::string> arguments;
  std::string user;  ///< runs as this one, without any privilege
};

/// Waits until a started unit is up and has stayed up, and its program says that all is well.
struct CheckHealth {
  AddonId addon;
  std::optional<UnitName> unit;  ///< none: nothing was started, the program only is asked
  std::chrono::milliseconds timeout{30000};
  std::chrono::milliseconds stable_for{5000};
  std::optional<HealthProgram> program{};
};

using Action = std::variant<Stage, SetCapabilities, InstallUnit, RemoveUnit, InstallDropIn, RemoveDropIn,
                            MakeStateDir, PurgeStateDir, SwitchCurrent, UsePackage, Reload, SetEnablement,
                            SetRunning, CheckHealth, UpdateRegistry>;

/// One change of the host: a value that can be printed, judged, saved, done and undone.
struct Step {
  Action action;
  std::vector<Decision> allowed_by;  ///< filled by policy::judge
};

/// The op of the public JSON: "stage", "set-capabilities", "install-unit", "remove-unit",
/// "install-drop-in", "remove-drop-in", "make-state-dir", "purge-state-dir", "switch-current", "use-package",
/// "reload", "enable-unit", "disable-unit", "start-unit", "restart-unit", "stop-unit", "check-health",
/// "update-registry".
std::string_view op(const Action& action);
/// The add-on that a step belongs to; null for one that concerns the host as a whole: a reload, the registry.
const AddonId* addon_of(const Action& action);

/// What a version asks for as a whole, in the step that has it; else null.
const Terms* terms_in(const Action& action);

/// {"op", "addon", …, "allowed_by": […]}. Where the step belongs to none, each decision has the "addon".
/// Complete: policy judges and people read nothing else, but for the directives of a unit, which its digest
/// stands for.
Json to_json(const Step& step);

}  // namespace addon::plan
