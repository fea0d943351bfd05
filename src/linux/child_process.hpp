#pragma once

#include <optional>

#include "host/accounts.hpp"

namespace addon::linux {

/// What a child needs to become a program, made before it is forked: between fork(2) and execve(2)
/// nothing may be allocated, because another thread may have held the lock. signal-safety(7)
struct ChildProcess {
  char* const* words = nullptr;
  char* const* environment = nullptr;
  std::optional<host::Account> as{};
  int input = -1;   ///< becomes standard input
  int output = -1;  ///< becomes standard output
  int errors = -1;  ///< becomes standard error
  int report = -1;  ///< where a ChildReport is written
};

/// What a supervisor tells of its program.
struct ChildReport {
  enum class What : int { not_started, ended };
  What what = What::not_started;
  int value = 0;  ///< errno, or the status of waitpid(2)
};

/// The life of the process that supervises the program: starts it, waits for it, reports, ends. Call it
/// in a new process; it does not return. Everything that the program started ends with the supervisor
/// where that is the first process of a PID namespace.
[[noreturn]] void supervise(const ChildProcess& child);

}  // namespace addon::linux
