#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/capability.hpp"
#include "core/finding.hpp"
#include "core/json.hpp"
#include "unit/full_name.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// What a unit says, and where. `at` is the unit file without a line for what systemd defaults to.
template <class T>
struct Stated {  // NOLINT(bugprone-exception-escape): the move of a Json asserts, it does not throw
  T value{};
  SourceSpan at;
};

/// One command of an Exec*= line. systemd.service(5), "Command lines".
struct ExecCommand {
  std::string directive;  ///< "ExecStart", "ExecStartPre", …
  /// In order, each one of @ - : + ! !! |. PermissionsStartOnly= gives all but ExecStart= the +.
  std::vector<std::string> prefixes;
  std::string program;  ///< specifiers resolved where the unit's name tells them; ".." stays
  /// Resolved as the program is; variables stay. With the prefix @, the first is the name to run under.
  std::vector<std::string> arguments;
  SourceSpan at;

  bool has_prefix(std::string_view prefix) const;
};

/// Further properties by the name that `systemctl show` gives them, with their meaning there:
/// booleans, texts, and lists of texts.
using Settings = std::map<std::string, Stated<Json>, std::less<>>;

/// The privileges that a .service really has by its own text, as systemd 252 would run it.
/// systemd.exec(5). For a .timer everything stays at its default and exec is empty.
struct Privileges {
  /// "" when unset: root. With DynamicUser= and no User= it is the name that systemd makes up, at
  /// the line of DynamicUser=; an account of that name, if there is one, is what it runs as.
  Stated<std::string> user;
  Stated<std::string> group;  ///< "" when unset: the user's. With DynamicUser= as `user` is
  Stated<bool> dynamic_user;
  Stated<std::vector<std::string>> supplementary_groups;
  /// All capabilities when CapabilityBoundingSet= is unset; what other directives take from it
  /// (PrivateDevices=, ProtectClock=, ProtectKernelModules=, ProtectKernelLogs=) is already gone.
  Stated<CapabilitySet> bounding;
  bool bounding_stated = false;  ///< CapabilityBoundingSet= is set at all
  Stated<CapabilitySet> ambient;
  Stated<bool> no_new_privileges;  ///< as set by NoNewPrivileges=, or by DynamicUser=, which forces it
  /// With what systemd implies when it executes the unit. `at` is the line that brings it about.
  /// Commands with the prefix + run without it, those with ! without what is only implied.
  Stated<bool> no_new_privileges_effective;
  std::vector<ExecCommand> exec;
  /// Set-id, devices, file system and the rest, defaults included: BindPaths, DeviceAllow, DevicePolicy,
  /// PAMName, PrivateDevices, ProtectSystem, RestrictSUIDSGID, RootDirectory, SecureBits, Type, …;
  /// docs/units.md lists them.
  Settings settings;

  /// Whether its main process starts as root: User= is "root" or "0", also with DynamicUser=
  /// (which takes an account that exists), or unset without DynamicUser=.
  bool runs_as_root() const;
};

/// Computes them. Values that systemd would not understand are findings, as are unknown
/// capability names: nothing is guessed.
struct Analysis {
  Privileges privileges;
  std::vector<Finding> findings;
};
Analysis analyze(const UnitFile& unit, const FullName& name);

/// For plans and generations: names as in `systemctl show`. Contract: docs/reference.md.
Json to_json(const Privileges& privileges);
/// Reads back what to_json() wrote. What is missing or of a wrong type is left out; a set of
/// capabilities then counts as all of them.
Privileges privileges_from_json(const Json& json);

}  // namespace addon::unit
