#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace addon::host {

/// A package as a database has it.
struct DatabasePackage {
  /// The database's own word for what state it is in: "installed", "half-installed", "config-files".
  std::string state;
  std::string version;  ///< as the database writes it, "1:1.2~rc1-3"
  std::vector<std::string>
      files;  ///< absolute paths of files, links and directories; of an installed one only

  bool is_installed() const { return state == "installed"; }
};

/// One of the host's package databases, for reading only.
class PackageDatabase {
 public:
  virtual ~PackageDatabase() = default;

  virtual std::string_view name() const = 0;  ///< "dpkg", "rpm"
  /// nullopt for a package that it knows nothing of, also where the host has no such database, and for a
  /// name that none of its packages can have.
  virtual Result<std::optional<DatabasePackage>> find(const std::string& package) = 0;
  /// Whether `version comparison bound` holds by the database's own order: ">=", "<=", "=", ">", "<". An
  /// error where one of them is no version of its kind.
  virtual Result<bool> meets(const std::string& version, std::string_view comparison,
                             const std::string& bound) = 0;
};

}  // namespace addon::host
