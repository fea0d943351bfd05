#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "host/accounts.hpp"

namespace addon::host {

/// A program to run and wait for.
struct ProgramCall {
  std::vector<std::string> words;     ///< the program by its absolute path, then its arguments
  std::optional<Account> as = {};     ///< runs as this user without any privilege; as we are where it is none
  std::chrono::milliseconds timeout;  ///< after which it and all that it started are killed
  std::size_t output_limit = std::size_t{64} << 10;  ///< bytes kept of each stream; what is more is dropped
};

/// How a program ended.
struct ProgramEnd {
  enum class How { exited, killed, timed_out };
  How how = How::exited;
  int status = 0;        ///< exit status, or the number of the signal that killed it; 0 when it timed out
  std::string output{};  ///< standard output, its beginning
  std::string errors{};  ///< standard error, its beginning

  bool is_success() const { return how == How::exited && status == 0; }
};

/// "exited with status 3", "was killed by signal 9", "did not end in time".
std::string to_string(const ProgramEnd& end);

/// Runs programs of the host. None of them gets anything from our caller: environment, descriptors,
/// terminal and working directory are fixed.
class ProgramRunner {
 public:
  virtual ~ProgramRunner() = default;
  /// An error when it could not be started at all (with the errno of execve(2)), or not be waited for.
  virtual Result<ProgramEnd> run(const ProgramCall& call) = 0;
};

}  // namespace addon::host
