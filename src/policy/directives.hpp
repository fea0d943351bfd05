#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/unit_file.hpp"

namespace addon::policy {

/// Whether a service or a timer can have a directive of that name: those of systemd 252, and of later
/// versions as far as 257, so that a policy can be ahead of its hosts. systemd.directives(7).
bool is_directive(std::string_view name);
/// The known directive that was probably meant, or "".
std::string nearest_directive(std::string_view name);

/// The name that systemd prefers for it: "ReadWritePaths" for "ReadWriteDirectories".
std::string_view preferred_name(std::string_view name);

/// Whether systemd reads the directive in that section. One that is not known is taken for one of [Service].
bool belongs_to(std::string_view name, std::string_view section);

/// The values that a unit ends up with for the directive, as written: those of the section in which
/// systemd reads it. Of a directive whose assignments add up, all since the last empty one; else the last.
/// Empty where there is none.
std::vector<const unit::Directive*> final_values(const std::vector<unit::Directive>& unit,
                                                 std::string_view name);

/// Whether two values of the directive mean the same: booleans in any spelling, else the same text.
bool same_value(std::string_view name, std::string_view a, std::string_view b);

}  // namespace addon::policy
