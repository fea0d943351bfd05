#pragma once

#include "host/program_runner.hpp"

namespace addon::linux {

/// Programs as processes of this host. Each has an environment of PATH and LC_ALL alone, "/" for its
/// working directory, /dev/null for its input, no other descriptor of ours, a session of its own
/// without a terminal, and no core dump.
///
/// As a user it has that user's ID and primary group, no other groups, no capability (capabilities(7)),
/// and no way to gain one: no_new_privs is set, so set-id bits and file capabilities have no effect
/// (prctl(2)).
///
/// Nothing that it started outlives the call. For root this holds whatever it does, because it runs in
/// a PID namespace of its own, whose first process is ended (pid_namespaces(7)); else its process group
/// is killed.
class ProcessRunner final : public host::ProgramRunner {
 public:
  Result<host::ProgramEnd> run(const host::ProgramCall& call) override;
};

}  // namespace addon::linux
