#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"
#include "executor/steps/unit_file.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

constexpr std::size_t kMaxUnit = std::size_t{1} << 20;

class InstallUnitRun final : public StepRun {
 public:
  explicit InstallUnitRun(const plan::InstallUnit& step)
      : step_(&step), unit_(step.unit), after_(step.after) {}
  InstallUnitRun(UnitName unit, Digest after, std::uint64_t replaced)
      : unit_(std::move(unit)), after_(after), replaced_(replaced), may_be_in_place_(true) {}

  std::string doing() const override { return fmt::format("installing {}", unit_.str()); }
  std::vector<RelativePath> directories() const override { return {units_dir()}; }
  bool changes_units() const override { return true; }

  Result<Json> record(StepContext& context) override {
    const auto state = TRY(context.ports.root.stat(units_dir() / unit_.str()));
    replaced_ = state ? state->identity.inode : 0;
    return Json{
        {"kind", "install-unit"}, {"unit", unit_.str()}, {"after", after_.hex()}, {"replaced", replaced_}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot install {}", unit_.str());
    const std::string text = TRY_CONTEXT(what, read_staged(context));
    const auto units = TRY_CONTEXT(what, context.ports.root.make_directories(units_dir()));
    TRY_CONTEXT(what, check_unit_file(*units, unit_, step_->before));
    const std::string temporary = other_name(context, unit_);
    TRY_CONTEXT(what, write_temporary(*units, temporary, text));
    may_be_in_place_ = true;
    TRY_CONTEXT(what,
                units->rename(temporary, unit_.str(),
                              step_->before ? host::RenameMode::exchange : host::RenameMode::no_replace));
    context.units_changed = true;
    return units->sync();
  }

  // The old file itself comes back, with its inode, owner, mode and all.
  Result<> undo(StepContext& context) override {
    const auto units = TRY(context.ports.root.open_directory_if_present(units_dir()));
    if (units == nullptr) return {};
    const std::string temporary = other_name(context, unit_);
    const auto other = TRY(unit_inode(*units, temporary));
    if (may_be_in_place_) TRY(take_back(context, *units, temporary, other));
    if (other) TRY(units->remove_file(temporary));
    return units->sync();
  }

  Result<> clean(StepContext& context) override {
    if (replaced_ == 0) return {};
    const auto units = TRY(context.ports.root.open_directory(units_dir()));
    TRY(units->remove_file(other_name(context, unit_)));
    return units->sync();
  }

 private:
  Result<> take_back(StepContext& context, host::Directory& units, const std::string& temporary,
                     const std::optional<std::uint64_t>& other) const {
    if (replaced_ != 0) {
      if (other != replaced_) return {};
      context.units_changed = true;
      return units.rename(temporary, unit_.str(), host::RenameMode::exchange);
    }
    // It has no temporary name any more. What is not as it was written is somebody else's.
    if (other || !TRY(unit_inode(units, unit_.str())) || !check_unit_file(units, unit_, after_)) return {};
    context.units_changed = true;
    // Something that was started may have started it in turn: a timer, or a unit that needs it.
    if (context.units_started) TRY(context.ports.units.stop(unit_, kUndoStopTimeout));
    return units.remove_file(unit_.str());
  }

  // From the version's own directory, which is root's; the bundle is somebody else's.
  Result<std::string> read_staged(StepContext& context) const {
    const auto version = TRY(context.ports.root.open_directory(version_dir(step_->addon, step_->version)));
    std::string text = TRY(version->read_file(RelativePath::of({unit_.str()}), kMaxUnit));
    if (Digest::of(text) != after_) {
      return tl::unexpected(
          Error(fmt::format("its staged file in {} is not what was planned", version->path())));
    }
    return text;
  }

  static Result<> write_temporary(host::Directory& units, const std::string& name, const std::string& text) {
    const auto file = TRY(units.create_file(name));
    TRY(file->write(std::as_bytes(std::span(text))));
    TRY(file->set_owner(0, 0));
    TRY(file->set_mode(0644));
    return file->sync();
  }

  const plan::InstallUnit* step_ = nullptr;
  UnitName unit_;
  Digest after_;
  std::uint64_t replaced_ = 0;  ///< inode of the file that was there; 0: none was
  bool may_be_in_place_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::InstallUnit& step) {
  return std::make_unique<InstallUnitRun>(step);
}

Result<std::unique_ptr<StepRun>> read_install_unit(const Json& record) {
  return std::make_unique<InstallUnitRun>(TRY(UnitName::parse(TRY(plan::text_field(record, "unit")))),
                                          TRY(Digest::parse(TRY(plan::text_field(record, "after")))),
                                          TRY(plan::number_field(record, "replaced")));
}

}  // namespace addon::executor
