#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/progress.hpp"
#include "executor/ports.hpp"
#include "linux/clock.hpp"
#include "linux/journald.hpp"
#include "linux/program_runner.hpp"

namespace addon::cli {

/// The host that a verb works on: "/" or what --root names, with the real ports to it. Asks
/// systemd nothing before somebody needs an answer.
class Session {
 public:
  /// Error: kind usage when --root names no directory.
  static Result<std::unique_ptr<Session>> open(const Context& context);

  executor::Ports& ports() { return ports_; }
  host::Directory& root() { return *root_; }
  const host::Clock& clock() const { return clock_; }
  bool is_live() const { return units_->is_live(); }

  /// "/etc/addonctl" as an absolute path of the running system: below --root where that is given.
  std::string path(std::string_view on_host) const;

 private:
  Session(std::unique_ptr<host::Directory> root, std::unique_ptr<host::UnitManager> units,
          std::unique_ptr<host::Accounts> accounts, const host::PlatformFacts& platform,
          const Context& context);

  std::unique_ptr<host::Directory> root_;
  std::unique_ptr<host::UnitManager> units_;
  std::unique_ptr<host::Accounts> accounts_;
  std::unique_ptr<host::ProgramRunner> programs_;
  linux::ProcessRunner tools_;  ///< of package databases
  std::vector<std::unique_ptr<host::PackageDatabase>> packages_;
  linux::SystemClock clock_;
  linux::Journald journald_;
  ProgressLines progress_;
  executor::Ports ports_;
};

/// Where --root points: absolute, without "." and "..", "/" when it is not given.
std::string root_path(const GlobalOptions& options);

}  // namespace addon::cli
