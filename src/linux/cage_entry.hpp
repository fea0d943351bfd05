#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace addon::linux {

/// What enter_cage() needs to know, before the process is made.
struct CageEntry {
  unsigned uid = 0;
  unsigned gid = 0;
  std::uint64_t memory = 0;
  pid_t parent = 0;  ///< who made the process
  int input = -1;    ///< becomes descriptor 0
  int output = -1;   ///< becomes descriptor 1
};

/// Gives up, in a new process, all that it has but these two descriptors. True once all of it is gone; where
/// something cannot be given up the process must end with the exit status of cage_refusal().
bool enter_cage(const CageEntry& entry);

/// The exit status of a process that could not give up everything.
int cage_refusal();

/// Ends a process of that user for which we may have no right to send it a signal: CAP_KILL is not needed.
void kill_caged(pid_t process, unsigned uid);

}  // namespace addon::linux
