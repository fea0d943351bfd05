#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "unit/full_name.hpp"
#include "unit/unit_reader.hpp"

namespace addon::unit {

/// Where systemd 252 looks for the units of the system, what comes first wins. systemd.unit(5),
/// "Unit File Load Path"; as `systemd-analyze unit-paths` prints it on Debian 12.
std::span<const std::string_view> search_path();

/// A drop-in that systemd adds to a unit.
struct DropIn {
  std::string path;   ///< "/etc/systemd/system/probe-.service.d/10-user.conf", without symlinks on the way
  std::string scope;  ///< for what it is meant: a unit's name, "probe-.service", "service"

  auto operator<=>(const DropIn&) const = default;
};

/// The drop-ins of a unit in the order in which systemd 252 applies them: by file name. Of those with
/// one name the first counts, of its own name before its aliases before its type, each of them by the search
/// path, and there by the name before its template before its prefixes ("foo-.service" for
/// "foo-bar.service"). Also where there is no unit of that name. systemd.unit(5).
Result<std::vector<DropIn>> search_drop_ins(UnitReader& reader, const FullName& name,
                                            const std::vector<FullName>& aliases);

/// A unit as systemd finds it.
struct FoundUnit {
  FullName id;                    ///< what its aliases stand for
  std::vector<FullName> aliases;  ///< further names, sorted
  std::string fragment;           ///< path of the unit file; "" where there is none
};

/// All unit files of a host by name, aliases resolved, read once.
class UnitIndex {
 public:
  static Result<UnitIndex> read(UnitReader& reader);
  FoundUnit find(const FullName& name) const;
  /// The names that stand for this one by symlinks, sorted; also while it has no file.
  std::vector<FullName> standing_for(const FullName& name) const;

 private:
  UnitIndex() = default;
  Result<> add(UnitReader& reader, std::string_view directory, const UnitEntry& entry);

  // Of each name either the path of its file, which starts with a slash, or the name it stands for.
  std::map<std::string, std::string, std::less<>> targets_;
};

}  // namespace addon::unit
