#pragma once

#include <string_view>

#include "roff.hpp"

namespace addon::man {

/// An entry for each key of the schema, in its order, those of mappings after the mapping and with its name:
/// "exec.binary". The schema is one of this project's own.
void write_keys(Page& page, std::string_view schema);

}  // namespace addon::man
