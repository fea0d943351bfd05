#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

// Undoing needs no counterpart: whatever puts the old units back asks for a reload of its own.
class ReloadRun final : public StepRun {
 public:
  std::string doing() const override { return "letting systemd read its units again"; }
  Result<> perform(StepContext& context) override { return context.reload_if_changed(); }
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::Reload& /*step*/) { return std::make_unique<ReloadRun>(); }

}  // namespace addon::executor
