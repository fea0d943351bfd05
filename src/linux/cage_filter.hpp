#pragma once

namespace addon::linux {

/// Leaves this process, which has one thread, the system calls that computing in memory and reading and
/// writing what is open needs; any other kills it (SIGSYS), as do memory that can be executed, and calls by
/// another architecture's numbers. seccomp(2), seccomp_rule_add(3). False where it could not be.
bool filter_calls();

}  // namespace addon::linux
