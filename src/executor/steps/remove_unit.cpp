#include <fmt/format.h>

#include <utility>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"
#include "executor/steps/unit_file.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

// Only the unit's own file goes: drop-ins beside it are the operator's.
class RemoveUnitRun final : public StepRun {
 public:
  explicit RemoveUnitRun(const plan::RemoveUnit& step) : step_(&step), unit_(step.unit) {}
  explicit RemoveUnitRun(UnitName unit) : unit_(std::move(unit)) {}

  std::string doing() const override { return fmt::format("removing {}", unit_.str()); }
  bool changes_units() const override { return true; }

  Result<Json> record(StepContext& /*context*/) override {
    return Json{{"kind", "remove-unit"}, {"unit", unit_.str()}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot remove {}", unit_.str());
    const auto units = TRY_CONTEXT(what, context.ports.root.open_directory(units_dir()));
    TRY_CONTEXT(what, check_unit_file(*units, unit_, step_->before));
    TRY_CONTEXT(what, units->rename(unit_.str(), other_name(context, unit_), host::RenameMode::no_replace));
    context.units_changed = true;
    return units->sync();
  }

  Result<> undo(StepContext& context) override {
    const auto units = TRY(context.ports.root.open_directory_if_present(units_dir()));
    const std::string temporary = other_name(context, unit_);
    if (units == nullptr || !TRY(unit_inode(*units, temporary))) return {};
    context.units_changed = true;
    TRY(units->rename(temporary, unit_.str(), host::RenameMode::no_replace));
    return units->sync();
  }

  Result<> clean(StepContext& context) override {
    const auto units = TRY(context.ports.root.open_directory(units_dir()));
    TRY(units->remove_file(other_name(context, unit_)));
    return units->sync();
  }

 private:
  const plan::RemoveUnit* step_ = nullptr;
  UnitName unit_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::RemoveUnit& step) {
  return std::make_unique<RemoveUnitRun>(step);
}

Result<std::unique_ptr<StepRun>> read_remove_unit(const Json& record) {
  return std::make_unique<RemoveUnitRun>(TRY(UnitName::parse(TRY(plan::text_field(record, "unit")))));
}

}  // namespace addon::executor
