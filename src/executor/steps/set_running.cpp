#include <fmt/format.h>

#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

class SetRunningRun final : public StepRun {
 public:
  explicit SetRunningRun(const plan::SetRunning& step) : step_(step) {}

  std::string doing() const override {
    switch (step_.action) {
      case plan::RunAction::start:
        return fmt::format("starting {}", step_.unit.str());
      case plan::RunAction::restart:
        return fmt::format("restarting {}", step_.unit.str());
      case plan::RunAction::stop:
        return fmt::format("stopping {}", step_.unit.str());
    }
    return {};
  }

  Result<> perform(StepContext& context) override {
    host::UnitManager& units = context.ports.units;
    attempted_ = true;
    if (step_.action != plan::RunAction::stop) context.units_started = true;
    switch (step_.action) {
      // A start limit that an earlier version ran into is not this one's.
      case plan::RunAction::start:
        TRY(units.reset_failed(step_.unit));
        return units.start(step_.unit, step_.timeout);
      case plan::RunAction::restart:
        TRY(units.reset_failed(step_.unit));
        return units.restart(step_.unit, step_.timeout);
      case plan::RunAction::stop:
        TRY(units.stop(step_.unit, step_.timeout));
        return units.reset_failed(step_.unit);
    }
    return {};
  }

  Result<> undo(StepContext& context) override {
    if (!attempted_ || step_.active_before || step_.action == plan::RunAction::stop) return {};
    TRY(context.ports.units.stop(step_.unit, kUndoStopTimeout));
    return context.ports.units.reset_failed(step_.unit);
  }

  // What ran before runs again, from its own files: restart, since the failed one may run still,
  // and may take its time to stop.
  Result<> settle(StepContext& context) override {
    if (!attempted_ || !step_.active_before) return {};
    TRY(context.ports.units.reset_failed(step_.unit));
    return context.ports.units.restart(step_.unit, step_.timeout + kUndoStopTimeout);
  }

 private:
  const plan::SetRunning& step_;
  bool attempted_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SetRunning& step) {
  return std::make_unique<SetRunningRun>(step);
}

}  // namespace addon::executor
