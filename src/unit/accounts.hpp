#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "unit/full_name.hpp"
#include "unit/privileges.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// Whether systemd takes text for the name or number of an account (its relaxed rules, which
/// User= and Group= follow).
bool is_account_name(std::string_view text);

/// The name that systemd gives to the user of a unit with DynamicUser= and without User=: the
/// unit's own where that is a good name, else "_du" and a hash of it.
std::string dynamic_user_name(const FullName& name);

/// User= or Group=: the last value that systemd would take. "" and no line when there is none.
Stated<std::string> read_account(const UnitFile& unit, const FullName& name, std::string_view key,
                                 std::vector<Finding>& findings);

/// SupplementaryGroups=, in order, with repetitions as systemd keeps them.
Stated<std::vector<std::string>> read_groups(const UnitFile& unit, const FullName& name,
                                             std::vector<Finding>& findings);

}  // namespace addon::unit
