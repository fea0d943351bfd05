#include <fmt/format.h>

#include <utility>
#include <vector>

#include "core/text.hpp"
#include "executor/layout.hpp"
#include "executor/made_directories.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

class SetEnablementRun final : public StepRun {
 public:
  explicit SetEnablementRun(const plan::SetEnablement& step) : step_(step) {}

  std::string doing() const override {
    return fmt::format("{} {}", step_.enable ? "enabling" : "disabling", step_.unit.str());
  }

  Result<> perform(StepContext& context) override {
    const std::string what =
        fmt::format("cannot {} {}", step_.enable ? "enable" : "disable", step_.unit.str());
    units_ = TRY_CONTEXT(what, made_.make(context.ports.root, units_dir()));
    TRY_CONTEXT(what, step_.enable ? enable(context) : disable(context));
    return {};
  }

  // Exactly the links that were made or removed: systemctl(1) disable would take others of the
  // unit, too.
  Result<> undo(StepContext& context) override {
    if (!changed_.empty()) context.units_changed = true;
    for (const unit::InstallLink& link : changed_) TRY(step_.enable ? remove(link) : make(link));
    return made_.remove(context.ports.root);
  }

 private:
  static RelativePath directory_of(const unit::InstallLink& link) {
    return RelativePath::of({link.path.substr(0, link.path.rfind('/'))});
  }
  static std::string name_of(const unit::InstallLink& link) {
    return link.path.substr(link.path.rfind('/') + 1);
  }

  Result<> enable(StepContext& context) {
    for (const unit::InstallLink& link : step_.links) {
      TRY(check_free(link));
      TRY(made_.note(context.ports.root, units_dir() / directory_of(link).str()));
    }
    changed_ = step_.links;
    context.units_changed = true;
    if (context.ports.units.is_live()) {
      TRY(context.ports.units.enable(step_.unit));
    } else {
      for (const unit::InstallLink& link : step_.links) TRY(make(link));
    }
    // What systemd did is believed only after it was read back.
    for (const unit::InstallLink& link : step_.links) {
      if (TRY(target_of(link)).empty()) {
        return tl::unexpected(Error(fmt::format("/etc/systemd/system/{} is missing afterwards", link.path)));
      }
    }
    return {};
  }

  Result<> disable(StepContext& context) {
    for (const unit::InstallLink& link : step_.links) {
      std::string target = TRY(target_of(link));
      if (target.empty()) continue;
      // As it was, for undo(): whoever made it may have written the target in another way.
      changed_.push_back({link.path, std::move(target)});
      context.units_changed = true;
      TRY(remove(link));
    }
    return {};
  }

  // What stands where a link has to be is somebody's, and would be taken away by undo().
  Result<> check_free(const unit::InstallLink& link) const {
    if (!TRY(units_->stat(TRY(RelativePath::parse(link.path))))) return {};
    return tl::unexpected(Error(fmt::format(
        "/etc/systemd/system/{} is there already and does not lead to it; remove it", link.path)));
  }

  /// "" where nothing is; something else than a link is an error.
  Result<std::string> target_of(const unit::InstallLink& link) const {
    const RelativePath path = TRY(RelativePath::parse(link.path));
    if (!TRY(units_->stat(path))) return std::string();
    return units_->read_link(path);
  }

  Result<> make(const unit::InstallLink& link) {
    if (TRY(target_of(link)) == link.target) return {};
    const auto directory = TRY(units_->make_directories(directory_of(link)));
    TRY(directory->make_symlink(name_of(link), link.target));
    return directory->sync();
  }

  Result<> remove(const unit::InstallLink& link) {
    const auto directory = TRY(units_->open_directory_if_present(directory_of(link)));
    if (directory == nullptr) return {};
    TRY(directory->remove_file(name_of(link)));
    return directory->sync();
  }

  const plan::SetEnablement& step_;
  MadeDirectories made_;
  std::unique_ptr<host::Directory> units_;
  std::vector<unit::InstallLink> changed_;  ///< with the targets that they had or get
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SetEnablement& step) {
  return std::make_unique<SetEnablementRun>(step);
}

}  // namespace addon::executor
