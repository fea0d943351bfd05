#pragma once

#include <vector>

#include "core/finding.hpp"
#include "unit/switches.hpp"
#include "unit/unit_file.hpp"

namespace addon::unit {

/// The first line for whose sake systemd 252 sets no_new_privs on a process that starts without
/// CAP_SYS_ADMIN (systemd.exec(5), NoNewPrivileges=), or null. A system call filter that only
/// denies calls counts when it names any, even where systemd would know none of them.
const Directive* find_implied_no_new_privileges(const UnitFile& unit, const Switches& switches,
                                                std::vector<Finding>& findings);

/// RestrictNamespaces= as `systemctl show` prints it: "no", "yes", or the kinds that are allowed.
Stated<std::string> read_namespaces(const UnitFile& unit, std::vector<Finding>& findings);

}  // namespace addon::unit
