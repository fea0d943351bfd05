// Takes a unit, or addonctl's drop-in for one, from its place.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "executor/absent_directories.hpp"
#include "executor/steps/step_run.hpp"
#include "executor/steps/unit_file.hpp"

namespace addon::executor {

namespace {

// Only addonctl's own file goes: other drop-ins beside it are the operator's.
class RemoveRun final : public StepRun {
 public:
  RemoveRun(UnitPlace place, std::optional<Digest> before) : place_(std::move(place)), before_(before) {}

  std::string doing() const override { return fmt::format("removing {}", place_.description()); }
  bool changes_units() const override { return true; }

  Result<Json> record(StepContext& /*context*/) override {
    return Json{{"kind", place_.kind("remove")}, {"unit", place_.unit().str()}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot remove {}", place_.description());
    const auto directory = TRY_CONTEXT(what, context.ports.root.open_directory(place_.directory()));
    TRY_CONTEXT(what, check_unit_file(*directory, place_, before_));
    TRY_CONTEXT(what,
                directory->rename(place_.name(), place_.other_name(context), host::RenameMode::no_replace));
    context.units_changed = true;
    return directory->sync();
  }

  Result<> undo(StepContext& context) override {
    const auto directory = TRY(context.ports.root.open_directory_if_present(place_.directory()));
    const std::string temporary = place_.other_name(context);
    if (directory == nullptr || !TRY(inode_of(*directory, temporary))) return {};
    context.units_changed = true;
    TRY(directory->rename(temporary, place_.name(), host::RenameMode::no_replace));
    return directory->sync();
  }

  Result<> clean(StepContext& context) override {
    const auto directory = TRY(context.ports.root.open_directory_if_present(place_.directory()));
    if (directory == nullptr) return {};
    TRY(directory->remove_file(place_.other_name(context)));
    TRY(directory->sync());
    // With other drop-ins in it, it stays.
    return place_.is_drop_in() ? remove_directories(context.ports.root, {place_.directory()}) : Result<>();
  }

 private:
  UnitPlace place_;
  std::optional<Digest> before_;  ///< of a plan
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::RemoveUnit& step) {
  return std::make_unique<RemoveRun>(UnitPlace::of_unit(step.unit), step.before);
}

std::unique_ptr<StepRun> make_run(const plan::RemoveDropIn& step) {
  return std::make_unique<RemoveRun>(UnitPlace::of_drop_in(step.unit), step.before);
}

Result<std::unique_ptr<StepRun>> read_remove_unit(const Json& record) {
  return std::make_unique<RemoveRun>(TRY(UnitPlace::read(record)), std::nullopt);
}

}  // namespace addon::executor
