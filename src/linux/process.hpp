#pragma once

#include <vector>

#include "core/result.hpp"

namespace addon::linux {

/// Whether this process's effective user is root.
bool runs_as_root();

/// Takes from this process what its caller could steer it by. Call first thing in main(), before
/// there are threads or open files. Afterwards:
///  - of the environment TERM, NO_COLOR and COLUMNS are left, and PATH is the system's own;
///  - the umask is 022;
///  - descriptors 0, 1 and 2 are open (on /dev/null where they were not), all others closed;
///  - no core is dumped; for root, as far as it may (CAP_SYS_RESOURCE, or the hard limit), files,
///    memory and processor time have no limit and at least 4096 files can be open;
///  - no signal is blocked, SIGPIPE and SIGXFSZ are errors of the write instead of death, SIGCHLD
///    is at its default, no timer of the caller's runs.
/// The working directory stays, since relative paths on the command line are meant from there.
Result<> harden_process();

/// Closes every descriptor from 3 on but these.
Result<> close_all_but(std::vector<int> kept);

/// Signals as harden_process() sets them; for a new process of one that has set them otherwise.
void reset_signals();

}  // namespace addon::linux
