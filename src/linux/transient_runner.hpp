#pragma once

#include "host/program_runner.hpp"

namespace addon::linux {

/// Runs programs as transient units of the host's service manager: outside of whatever this process is itself
/// confined to, in a control group of their own, which is killed as a whole at the timeout and at the end.
/// For a program that runs as another user, who gets what ProcessRunner gives it; a program that runs as we
/// do is run by that. systemd.service(5), org.freedesktop.systemd1(5).
class TransientRunner final : public host::ProgramRunner {
 public:
  Result<host::ProgramEnd> run(const host::ProgramCall& call) override;
};

}  // namespace addon::linux
