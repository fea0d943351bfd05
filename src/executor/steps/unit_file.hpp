#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/digest.hpp"
#include "core/json.hpp"
#include "core/path.hpp"
#include "core/result.hpp"
#include "core/unit_name.hpp"
#include "executor/steps/step_run.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// A file of a unit that addonctl puts below /etc/systemd/system: the unit itself, or addonctl's drop-in
/// for it.
class UnitPlace {
 public:
  static UnitPlace of_unit(UnitName unit);
  static UnitPlace of_drop_in(UnitName unit);
  /// Of a record, {"unit"}, of a step whose kind ends in "-unit" or "-drop-in".
  static Result<UnitPlace> read(const Json& record);

  const UnitName& unit() const { return unit_; }
  bool is_drop_in() const { return is_drop_in_; }
  RelativePath directory() const;  ///< that it stands in, below the root
  const std::string& name() const { return name_; }
  std::string path() const;         ///< "/etc/systemd/system/probe.service"
  std::string description() const;  ///< "probe.service", "the limits of probe.service"
  /// "install-unit" for "install".
  std::string kind(std::string_view verb) const;

  /// A name for the other version of the file while a transaction runs, in the same directory: hidden
  /// from systemd, which ignores names that start with a dot and end neither like a unit nor in .conf,
  /// and never too long.
  std::string other_name(const StepContext& context) const;

 private:
  UnitPlace(UnitName unit, std::string name, bool is_drop_in);

  UnitName unit_;
  std::string name_;
  bool is_drop_in_;
};

/// What stood in that place, in its open directory, when the plan was made: nothing, a regular file with
/// these bytes, or something else (a digest of zeroes). An error of kind stale when it is not that now.
Result<> check_unit_file(const host::Directory& directory, const UnitPlace& place,
                         const std::optional<Digest>& expected);

/// The inode of an entry of a directory; nullopt where there is none.
Result<std::optional<std::uint64_t>> inode_of(const host::Directory& directory, const std::string& name);

}  // namespace addon::executor
