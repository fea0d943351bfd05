#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "core/duration.hpp"
#include "executor/steps/step_run.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

class SetRunningRun final : public StepRun {
 public:
  explicit SetRunningRun(plan::SetRunning step, bool attempted)
      : step_(std::move(step)), attempted_(attempted) {}

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

  bool starts_units() const override { return step_.action != plan::RunAction::stop; }

  void forget_processes() override { attempted_ = false; }

  Result<Json> record(StepContext& /*context*/) override {
    return Json{{"kind", "set-running"},
                {"addon", step_.addon.str()},
                {"unit", step_.unit.str()},
                {"stop", step_.action == plan::RunAction::stop},
                {"active_before", step_.active_before},
                {"timeout", step_.timeout.count()}};
  }

  Result<> perform(StepContext& context) override {
    host::UnitManager& units = context.ports.units;
    const auto began = context.ports.clock.monotonic();
    attempted_ = true;
    if (starts_units()) context.units_started = true;
    switch (step_.action) {
      // A start limit that an earlier version ran into is not this one's.
      case plan::RunAction::start:
        TRY(units.reset_failed(step_.unit));
        return explain(context, began, units.start(step_.unit, step_.timeout));
      case plan::RunAction::restart:
        TRY(units.reset_failed(step_.unit));
        return explain(context, began, units.restart(step_.unit, step_.timeout));
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
  // To systemd the start of a service that does not say READY=1 is one that takes long.
  Result<> explain(StepContext& context, std::chrono::microseconds began, Result<> started) const {
    if (started || context.ports.clock.monotonic() - began < step_.timeout) return started;
    const auto status = context.ports.units.inspect(step_.unit);
    if (!status || !status->type.starts_with("notify")) return started;
    return tl::unexpected(std::move(started).error().with_context(
        fmt::format("{} has Type={} and did not say that it is ready (READY=1) within {}", step_.unit.str(),
                    status->type, to_string(step_.timeout))));
  }

  plan::SetRunning step_;
  bool attempted_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SetRunning& step) {
  return std::make_unique<SetRunningRun>(step, false);
}

// Undoing is the same for start and restart: it depends on what ran before.
Result<std::unique_ptr<StepRun>> read_set_running(const Json& record) {
  AddonId addon = TRY(AddonId::parse(TRY(plan::text_field(record, "addon"))));
  UnitName unit = TRY(UnitName::parse(TRY(plan::text_field(record, "unit"))));
  plan::SetRunning step{.addon = std::move(addon), .unit = std::move(unit)};
  step.action = TRY(plan::flag_field(record, "stop")) ? plan::RunAction::stop : plan::RunAction::restart;
  step.active_before = TRY(plan::flag_field(record, "active_before"));
  step.timeout = TRY(plan::duration_field(record, "timeout"));
  return std::make_unique<SetRunningRun>(std::move(step), true);
}

}  // namespace addon::executor
