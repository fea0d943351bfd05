#pragma once

#include <atomic>
#include <string_view>
#include <vector>

#include "bundle/parser.hpp"
#include "host/accounts.hpp"
#include "host/caller.hpp"
#include "host/clock.hpp"
#include "host/directory.hpp"
#include "host/event_log.hpp"
#include "host/package_database.hpp"
#include "host/platform.hpp"
#include "host/program_runner.hpp"
#include "host/unit_manager.hpp"

namespace addon::executor {

/// Hears what a long run is doing, so that people see it move. Never fails, never decides.
class Progress {
 public:
  virtual ~Progress() = default;
  /// "staging packet-probe 1.1.0", "waiting for packet-probe.service to stay up"; how far it is, at most once
  /// a second, behind ": "; "" when it is over and somebody is asked.
  virtual void doing(std::string_view what) = 0;
};

/// The world, as far as the executor touches it. Owned by the caller.
struct Ports {
  host::Directory& root;  ///< "/", or the directory given by --root
  host::UnitManager& units;
  host::Accounts& accounts;
  host::ProgramRunner& programs;
  host::Clock& clock;
  host::PlatformFacts platform;
  Progress& progress;
  /// Set from a signal handler: the run ends after the step it is in and undoes itself.
  const std::atomic<bool>* interrupted = nullptr;
  host::Caller caller = {};             ///< who asked, for the records
  host::EventLog* event_log = nullptr;  ///< hears what the audit log says, where there is one
  /// The host's package databases, in the order in which they are asked; none where it has no tool of one.
  std::vector<host::PackageDatabase*> packages = {};

  /// Who reads manifests and units of installed versions, which somebody else wrote; null: this process.
  bundle::Parser* parser = nullptr;

  bool is_interrupted() const { return interrupted != nullptr && interrupted->load(); }
};

}  // namespace addon::executor
