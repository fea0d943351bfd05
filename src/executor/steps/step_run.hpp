#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "bundle/bundle.hpp"
#include "core/result.hpp"
#include "executor/ports.hpp"
#include "host/state.hpp"
#include "plan/step.hpp"

namespace addon::executor {

/// What the steps of one transaction share.
struct StepContext {
  Ports& ports;
  const std::map<AddonId, const bundle::Bundle*>& bundles;
  /// Random, in every temporary name: nothing that stands there already can be in the way, and
  /// nobody can put it there beforehand.
  std::string transaction;
  /// Digests of files whose bytes passed through this transaction, by their identity.
  host::KnownDigests& learned;
  /// Digests by identity, as they were before this transaction.
  const host::KnownDigests& known;
  /// Unit files or links changed since systemd last read them.
  bool units_changed = false;
  /// A unit was started, and with it perhaps others.
  bool units_started = false;

  /// Lets systemd read its units again if they changed and it is there to do so.
  Result<> reload_if_changed();
  /// What a file's bytes are known to be; null when nobody read them.
  const Digest* digest_of(const host::FileIdentity& identity) const;
};

/// How long undoing waits for a unit to stop: longer than systemd does by default until it kills
/// (DefaultTimeoutStopSec=, systemd-system.conf(5)).
inline constexpr std::chrono::seconds kUndoStopTimeout{120};

/// One step on its way. A failing step is undone, too: undo() must cope with a perform() that
/// stopped anywhere, and be right when it did nothing.
class StepRun {
 public:
  virtual ~StepRun() = default;
  /// For progress: "staging packet-probe 1.1.0".
  virtual std::string doing() const = 0;
  virtual Result<> perform(StepContext& context) = 0;
  /// Back to what was before perform(), as far as files go and processes can be stopped.
  virtual Result<> undo(StepContext& context) = 0;
  /// After every step was undone and systemd knows the old units again: starts what ran before.
  virtual Result<> settle(StepContext& context);
  /// After the commit: removes what was kept for undo().
  virtual Result<> clean(StepContext& context);
};

/// The table of step kinds: each stands in a file of its own.
std::unique_ptr<StepRun> make_run(const plan::Stage& step);
std::unique_ptr<StepRun> make_run(const plan::SetCapabilities& step);
std::unique_ptr<StepRun> make_run(const plan::InstallUnit& step);
std::unique_ptr<StepRun> make_run(const plan::RemoveUnit& step);
std::unique_ptr<StepRun> make_run(const plan::SwitchCurrent& step);
std::unique_ptr<StepRun> make_run(const plan::Reload& step);
std::unique_ptr<StepRun> make_run(const plan::SetEnablement& step);
std::unique_ptr<StepRun> make_run(const plan::SetRunning& step);
std::unique_ptr<StepRun> make_run(const plan::CheckHealth& step);
std::unique_ptr<StepRun> make_run(const plan::Action& action);

}  // namespace addon::executor
