#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/unit_name.hpp"
#include "executor/steps/step_run.hpp"
#include "host/directory.hpp"

namespace addon::executor {

/// What /etc/systemd/system/UNIT was when the plan was made: absent, a regular file with these
/// bytes, or something else (a digest of zeroes). An error of kind stale when it is not that now.
Result<> check_unit_file(const host::Directory& units, const UnitName& unit,
                         const std::optional<Digest>& expected);

/// The inode of an entry of the directory of units; nullopt where there is none.
Result<std::optional<std::uint64_t>> unit_inode(const host::Directory& units, const std::string& name);

/// A name for the other version of a unit's file while a transaction runs: hidden from systemd,
/// which ignores names that start with a dot and do not end like a unit, and never too long.
std::string other_name(const StepContext& context, const UnitName& unit);

}  // namespace addon::executor
