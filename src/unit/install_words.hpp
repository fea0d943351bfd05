#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace addon::unit {

/// Words of WantedBy= and RequiredBy=, in which a backslash is part of a name. nullopt when a
/// quote is not closed, for which systemd ignores the whole line.
std::optional<std::vector<std::string>> split_install_words(std::string_view value);

/// Whether text is the full name of one unit of any kind (systemd.unit(5)), so also safe as one
/// path segment. A specifier makes it none.
bool is_unit_name(std::string_view text);

}  // namespace addon::unit
