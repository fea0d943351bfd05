#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/unit_name.hpp"

namespace addon::host {

/// A unit that a package ships, as found.
struct PackageUnit {
  UnitName name;
  std::string path;  ///< without symlinks on the way: "/usr/lib/systemd/system/NAME"
  std::string text;
  /// Why others than root can change it, each a sentence; see ProgramState.
  std::vector<std::string> writable;
};

/// The program that a package is to bring, as found.
struct PackageProgram {
  std::string path;
  bool is_owned = false;    ///< one of the package's files
  bool is_present = false;  ///< a regular file stands there
  std::vector<std::string> writable;
  /// It has a set-user-ID or set-group-ID bit, or file capabilities.
  bool has_rights = false;
  std::string head;  ///< its first bytes, for what machine it is
};

/// The package that an add-on needs, as found.
struct PackageState {
  std::string name;
  std::string database;  ///< that has it: "dpkg", "rpm"; "" where none does
  /// Whether there is any database that this program reads.
  bool has_databases = false;
  std::string state;           ///< the database's word for it: "installed", "half-installed"; "" if unknown
  std::string version;         ///< "" unless the database knows one
  bool is_new_enough = false;  ///< the version is one that the add-on takes
  std::vector<PackageUnit> units;         ///< every .service and .timer that it ships, sorted by name
  std::optional<PackageProgram> program;  ///< where one was asked about

  bool is_installed() const { return state == "installed"; }
};

}  // namespace addon::host
