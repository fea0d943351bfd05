#include <fmt/format.h>

#include <vector>

#include "executor/layout.hpp"
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
    units_ = TRY_CONTEXT(what, context.ports.root.make_directories(units_dir()));
    TRY_CONTEXT(what, note_missing_directories());
    attempted_ = true;
    context.units_changed = true;
    if (step_.enable && context.ports.units.is_live()) {
      TRY_CONTEXT(what, context.ports.units.enable(step_.unit));
    } else {
      TRY_CONTEXT(what, step_.enable ? make_links() : remove_links());
    }
    return verify().map_error([&](Error error) { return std::move(error).with_context(what); });
  }

  // Exactly the links of the plan: systemctl(1) disable would take others of the unit, too.
  Result<> undo(StepContext& context) override {
    if (!attempted_) return {};
    context.units_changed = true;
    if (!step_.enable) return make_links();
    TRY(remove_links());
    for (const std::string& directory : made_) TRY(units_->remove_directory(directory));
    return units_->sync();
  }

 private:
  struct Place {
    std::string directory;
    std::string name;
  };

  static Place place_of(const unit::InstallLink& link) {
    const auto slash = link.path.rfind('/');
    return {link.path.substr(0, slash), link.path.substr(slash + 1)};
  }

  Result<> note_missing_directories() {
    for (const unit::InstallLink& link : step_.links) {
      const std::string directory = place_of(link).directory;
      if (!TRY(units_->stat(TRY(RelativePath::parse(directory))))) made_.push_back(directory);
    }
    return {};
  }

  Result<> make_links() {
    for (const unit::InstallLink& link : step_.links) {
      const Place place = place_of(link);
      const auto directory = TRY(units_->make_directories(TRY(RelativePath::parse(place.directory))));
      const auto there = TRY(directory->stat(RelativePath::of({place.name})));
      if (there && there->type == host::FileType::symlink &&
          TRY(directory->read_link(RelativePath::of({place.name}))) == link.target) {
        continue;
      }
      TRY(directory->make_symlink(place.name, link.target));
      TRY(directory->sync());
    }
    return {};
  }

  Result<> remove_links() {
    for (const unit::InstallLink& link : step_.links) {
      const Place place = place_of(link);
      const auto directory =
          TRY(units_->open_directory_if_present(TRY(RelativePath::parse(place.directory))));
      if (directory == nullptr) continue;
      TRY(directory->remove_file(place.name));
      TRY(directory->sync());
    }
    return {};
  }

  // What systemd did is believed only after it was read back.
  Result<> verify() const {
    for (const unit::InstallLink& link : step_.links) {
      const bool present = TRY(units_->stat(TRY(RelativePath::parse(link.path)))).has_value();
      if (present == step_.enable) continue;
      return tl::unexpected(Error(fmt::format("/etc/systemd/system/{} is {}", link.path,
                                              present ? "still there" : "missing afterwards")));
    }
    return {};
  }

  const plan::SetEnablement& step_;
  std::unique_ptr<host::Directory> units_;
  std::vector<std::string> made_;
  bool attempted_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SetEnablement& step) {
  return std::make_unique<SetEnablementRun>(step);
}

}  // namespace addon::executor
