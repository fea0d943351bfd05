#include <fmt/format.h>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

std::string target_of(const Version& version) { return "versions/" + version.str(); }

class SwitchCurrentRun final : public StepRun {
 public:
  explicit SwitchCurrentRun(const plan::SwitchCurrent& step) : step_(step) {}

  std::string doing() const override {
    return step_.after ? fmt::format("switching {} to {}", step_.addon.str(), step_.after->str())
                       : fmt::format("deactivating {}", step_.addon.str());
  }

  Result<> perform(StepContext& context) override {
    const std::string what = step_.after ? fmt::format("cannot switch current of {} to {}", step_.addon.str(),
                                                       target_of(*step_.after))
                                         : fmt::format("cannot remove current of {}", step_.addon.str());
    directory_ = TRY_CONTEXT(what, context.ports.root.open_directory(addon_dir(step_.addon)));
    TRY_CONTEXT(what, check_before());
    if (step_.after) {
      const auto target =
          TRY_CONTEXT(what, directory_->stat(RelativePath::of({"versions", step_.after->str()})));
      if (!target || target->type != host::FileType::directory) {
        return tl::unexpected(
            Error(fmt::format("{}: directory is missing; addonctl diff shows what else is", what)));
      }
    }
    attempted_ = true;
    return point_at(step_.after, context).map_error([&](Error error) {
      return std::move(error).with_context(what);
    });
  }

  Result<> undo(StepContext& context) override {
    if (!attempted_) return {};
    return point_at(step_.before, context);
  }

 private:
  Result<> check_before() const {
    const RelativePath name = RelativePath::of({"current"});
    const auto state = TRY(directory_->stat(name));
    const bool same = step_.before ? state && state->type == host::FileType::symlink &&
                                         TRY(directory_->read_link(name)) == target_of(*step_.before)
                                   : !state;
    if (same) return {};
    return tl::unexpected(Error("it changed since the plan was made", ErrorKind::stale));
  }

  // A new link renamed over the old one: at no moment is there none.
  Result<> point_at(const std::optional<Version>& version, StepContext& context) {
    const std::string temporary = ".current-" + context.transaction;
    TRY(directory_->remove_file(temporary));
    if (!version) {
      TRY(directory_->remove_file("current"));
      return directory_->sync();
    }
    TRY(directory_->make_symlink(temporary, target_of(*version)));
    TRY(directory_->rename(temporary, "current", host::RenameMode::replace));
    return directory_->sync();
  }

  const plan::SwitchCurrent& step_;
  std::unique_ptr<host::Directory> directory_;
  bool attempted_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SwitchCurrent& step) {
  return std::make_unique<SwitchCurrentRun>(step);
}

}  // namespace addon::executor
