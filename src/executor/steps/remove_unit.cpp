#include <fmt/format.h>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"
#include "executor/steps/unit_file.hpp"

namespace addon::executor {

namespace {

// Only the unit's own file goes: drop-ins beside it are the operator's.
class RemoveUnitRun final : public StepRun {
 public:
  explicit RemoveUnitRun(const plan::RemoveUnit& step) : step_(step) {}

  std::string doing() const override { return fmt::format("removing {}", step_.unit.str()); }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot remove {}", step_.unit.str());
    units_ = TRY_CONTEXT(what, context.ports.root.open_directory(units_dir()));
    TRY_CONTEXT(what, check_unit_file(*units_, step_.unit, step_.before));
    temporary_ = other_name(context, step_.unit);
    TRY_CONTEXT(what, units_->rename(step_.unit.str(), temporary_, host::RenameMode::no_replace));
    moved_ = true;
    context.units_changed = true;
    return units_->sync();
  }

  Result<> undo(StepContext& context) override {
    if (!moved_) return {};
    TRY(units_->rename(temporary_, step_.unit.str(), host::RenameMode::no_replace));
    moved_ = false;
    context.units_changed = true;
    return units_->sync();
  }

  Result<> clean(StepContext& /*context*/) override {
    TRY(units_->remove_file(temporary_));
    return units_->sync();
  }

 private:
  const plan::RemoveUnit& step_;
  std::unique_ptr<host::Directory> units_;
  std::string temporary_;
  bool moved_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::RemoveUnit& step) {
  return std::make_unique<RemoveUnitRun>(step);
}

}  // namespace addon::executor
