#pragma once

#include "core/unique_fd.hpp"
#include "service/call.hpp"

namespace addon::service {

/// The life of the process that runs one call, as root, and no other: takes over what came with it, runs the
/// verb (with no capability that changes anything, where the method only looks), tells the daemon through
/// `socket` what it writes and what it comes to, and ends. Call it in a new process, before that has threads;
/// of its descriptors only the call's, the socket and 0 to 2 are left open.
[[noreturn]] void work(Call call, UniqueFd socket);

}  // namespace addon::service
