#pragma once

#include <string>

#include "host/clock.hpp"

namespace addon::executor {

/// The time of now, as records have it: RFC 3339, UTC, whole seconds.
std::string timestamp(const host::Clock& clock);

}  // namespace addon::executor
