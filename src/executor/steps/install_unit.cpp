#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <span>

#include "executor/layout.hpp"
#include "executor/made_directories.hpp"
#include "executor/steps/step_run.hpp"
#include "executor/steps/unit_file.hpp"

namespace addon::executor {

namespace {

constexpr std::size_t kMaxUnit = std::size_t{1} << 20;

class InstallUnitRun final : public StepRun {
 public:
  explicit InstallUnitRun(const plan::InstallUnit& step) : step_(step) {}

  std::string doing() const override { return fmt::format("installing {}", step_.unit.str()); }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot install {}", step_.unit.str());
    const std::string text = TRY_CONTEXT(what, read_staged(context));
    units_ = TRY_CONTEXT(what, made_.make(context.ports.root, units_dir()));
    TRY_CONTEXT(what, check_unit_file(*units_, step_.unit, step_.before));
    temporary_ = other_name(context, step_.unit);
    TRY_CONTEXT(what, write_temporary(text));
    TRY_CONTEXT(what,
                units_->rename(temporary_, step_.unit.str(),
                               step_.before ? host::RenameMode::exchange : host::RenameMode::no_replace));
    in_place_ = true;
    context.units_changed = true;
    return units_->sync();
  }

  // The old file itself comes back, with its inode, owner, mode and all.
  Result<> undo(StepContext& context) override {
    if (in_place_) TRY(take_back(context));
    if (!temporary_.empty()) {
      TRY(units_->remove_file(temporary_));
      TRY(units_->sync());
    }
    return made_.remove(context.ports.root);
  }

  Result<> clean(StepContext& /*context*/) override {
    if (!step_.before) return {};
    TRY(units_->remove_file(temporary_));
    return units_->sync();
  }

 private:
  Result<> take_back(StepContext& context) {
    context.units_changed = true;
    if (step_.before) {
      TRY(units_->rename(temporary_, step_.unit.str(), host::RenameMode::exchange));
    } else {
      // Something that was started may have started it in turn: a timer, or a unit that needs it.
      if (context.units_started) TRY(context.ports.units.stop(step_.unit, kUndoStopTimeout));
      TRY(units_->remove_file(step_.unit.str()));
    }
    in_place_ = false;
    return {};
  }

  // From the version's own directory, which is root's; the bundle is somebody else's.
  Result<std::string> read_staged(StepContext& context) const {
    const auto version = TRY(context.ports.root.open_directory(version_dir(step_.addon, step_.version)));
    std::string text = TRY(version->read_file(RelativePath::of({step_.unit.str()}), kMaxUnit));
    if (Digest::of(text) != step_.after) {
      return tl::unexpected(
          Error(fmt::format("its staged file in {} is not what was planned", version->path())));
    }
    return text;
  }

  Result<> write_temporary(const std::string& text) {
    const auto file = TRY(units_->create_file(temporary_));
    TRY(file->write(std::as_bytes(std::span(text))));
    TRY(file->set_owner(0, 0));
    TRY(file->set_mode(0644));
    return file->sync();
  }

  const plan::InstallUnit& step_;
  MadeDirectories made_;
  std::unique_ptr<host::Directory> units_;
  std::string temporary_;
  bool in_place_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::InstallUnit& step) {
  return std::make_unique<InstallUnitRun>(step);
}

}  // namespace addon::executor
