#pragma once

#include "host/caller.hpp"

namespace addon::linux {

/// Who runs this process.
host::Caller read_caller();

}  // namespace addon::linux
