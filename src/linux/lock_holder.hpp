#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"
#include "host/clock.hpp"
#include "host/directory.hpp"

namespace addon::linux {

/// Who holds the lock of the host below `root`: "pid 4711 (apply), for 12s", for others than root "pid 4711".
/// nullopt where nobody does, as far as /proc/locks says: it has the processes of this process's pid
/// namespace only. proc(5). Takes no lock itself, for that would be in somebody's way.
Result<std::optional<std::string>> lock_holder(const host::Directory& root, const host::Clock& clock);

}  // namespace addon::linux
