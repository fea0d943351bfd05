#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bundle/bundle.hpp"
#include "core/json.hpp"
#include "core/path.hpp"
#include "core/result.hpp"
#include "executor/ports.hpp"
#include "host/state.hpp"
#include "plan/registry.hpp"
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
  /// What the transaction stages, or did stage.
  std::set<std::pair<AddonId, Version>> staged = {};
  /// Unit files or links changed since systemd last read them.
  bool units_changed = false;
  /// A unit was started, and with it perhaps others.
  bool units_started = false;
  /// Undoing some step has failed, so that something is not as it was.
  bool undo_failed = false;
  /// What somebody has to know afterwards, each a sentence: data that stays where it is.
  std::vector<std::string> notes = {};
  /// What a registry of the last generation says above its entries, and one of the next.
  plan::RegistryHead last_head = {};
  plan::RegistryHead next_head = {};
  /// Of the registry that the transaction writes, once its steps have been recorded.
  std::optional<Digest> registry = {};

  /// Lets systemd read its units again if they changed and it is there to do so.
  Result<> reload_if_changed();
  /// What a file's bytes are known to be; null when nobody read them.
  const Digest* digest_of(const host::FileIdentity& identity) const;
};

/// How long undoing waits for a unit to stop: longer than systemd does by default until it kills
/// (DefaultTimeoutStopSec=, systemd-system.conf(5)).
inline constexpr std::chrono::seconds kUndoStopTimeout{120};

/// One step on its way: made from a step of a plan, or from what a journal says of one. A failing step is
/// undone, too, and so is one that the end of the process or of the host has cut off anywhere: undo() and
/// clean() look at what is there, do what is missing, and may be called again after they were cut off
/// themselves.
class StepRun {
 public:
  virtual ~StepRun() = default;
  /// For progress: "staging packet-probe 1.1.0".
  virtual std::string doing() const = 0;
  /// What undo(), settle() and clean() need, {"kind", …}, looked up before the first step is begun.
  virtual Result<Json> record(StepContext& context);
  /// Directories that it needs, below the root.
  virtual std::vector<RelativePath> directories() const { return {}; }
  /// Only of one that was made from a plan.
  virtual Result<> perform(StepContext& context);
  /// Back to what was before perform(), as far as files go and processes can be stopped.
  virtual Result<> undo(StepContext& context);
  /// After every step was undone and systemd knows the old units again: starts what ran before.
  virtual Result<> settle(StepContext& context);
  /// After every step was undone and settled, and nothing of that failed: lets others see again what is there
  /// again. As undo(), in reverse.
  virtual Result<> reveal(StepContext& context);
  /// After the commit: removes what was kept for undo().
  virtual Result<> clean(StepContext& context);
  /// What was started runs no more: there was a reboot since, or there is no systemd here.
  virtual void forget_processes() {}
  /// Whether systemd has to read its units again after perform() or undo().
  virtual bool changes_units() const { return false; }
  /// Whether perform() may start a unit.
  virtual bool starts_units() const { return false; }
};

/// The table of step kinds: each stands in a file of its own.
std::unique_ptr<StepRun> make_run(const plan::Stage& step);
std::unique_ptr<StepRun> make_run(const plan::SetCapabilities& step);
std::unique_ptr<StepRun> make_run(const plan::InstallUnit& step);
std::unique_ptr<StepRun> make_run(const plan::RemoveUnit& step);
std::unique_ptr<StepRun> make_run(const plan::InstallDropIn& step);
std::unique_ptr<StepRun> make_run(const plan::RemoveDropIn& step);
std::unique_ptr<StepRun> make_run(const plan::MakeStateDir& step);
std::unique_ptr<StepRun> make_run(const plan::PurgeStateDir& step);
std::unique_ptr<StepRun> make_run(const plan::SwitchCurrent& step);
std::unique_ptr<StepRun> make_run(const plan::UsePackage& step);
std::unique_ptr<StepRun> make_run(const plan::Reload& step);
std::unique_ptr<StepRun> make_run(const plan::SetEnablement& step);
std::unique_ptr<StepRun> make_run(const plan::SetRunning& step);
std::unique_ptr<StepRun> make_run(const plan::CheckHealth& step);
std::unique_ptr<StepRun> make_run(const plan::UpdateRegistry& step);
std::unique_ptr<StepRun> make_run(const plan::Action& action);

/// The same from what record() gave, to be undone or cleaned up after. An error where it is not that.
Result<std::unique_ptr<StepRun>> read_run(const Json& record);

// Each by the kind that its record names.
Result<std::unique_ptr<StepRun>> read_stage(const Json& record);
Result<std::unique_ptr<StepRun>> read_set_capabilities(const Json& record);
/// Of install-unit and install-drop-in.
Result<std::unique_ptr<StepRun>> read_install_unit(const Json& record);
/// Of remove-unit and remove-drop-in.
Result<std::unique_ptr<StepRun>> read_remove_unit(const Json& record);
Result<std::unique_ptr<StepRun>> read_make_state_dir(const Json& record);
Result<std::unique_ptr<StepRun>> read_purge_state_dir(const Json& record);
Result<std::unique_ptr<StepRun>> read_switch_current(const Json& record);
Result<std::unique_ptr<StepRun>> read_set_enablement(const Json& record);
Result<std::unique_ptr<StepRun>> read_set_running(const Json& record);
Result<std::unique_ptr<StepRun>> read_update_registry(const Json& record);
/// Of a step that leaves nothing to undo: use-package, reload, check-health.
Result<std::unique_ptr<StepRun>> read_nothing(const Json& record);

}  // namespace addon::executor
