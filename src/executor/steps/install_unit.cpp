// Puts a unit, or addonctl's drop-in for one, in its place.
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

class InstallRun final : public StepRun {
 public:
  explicit InstallRun(const plan::InstallUnit& step)
      : unit_(&step), place_(UnitPlace::of_unit(step.unit)), before_(step.before), after_(step.after) {}
  explicit InstallRun(const plan::InstallDropIn& step)
      : drop_in_(&step.drop_in),
        place_(UnitPlace::of_drop_in(step.drop_in.unit)),
        before_(step.before),
        after_(step.drop_in.sha256()) {}
  InstallRun(UnitPlace place, Digest after, std::uint64_t replaced)
      : place_(std::move(place)), after_(after), replaced_(replaced), may_be_in_place_(true) {}

  std::string doing() const override { return fmt::format("installing {}", place_.description()); }
  std::vector<RelativePath> directories() const override { return {place_.directory()}; }
  bool changes_units() const override { return true; }

  Result<Json> record(StepContext& context) override {
    const auto state = TRY(context.ports.root.stat(place_.directory() / place_.name()));
    replaced_ = state ? state->identity.inode : 0;
    return Json{{"kind", place_.kind("install")},
                {"unit", place_.unit().str()},
                {"after", after_.hex()},
                {"replaced", replaced_}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot install {}", place_.description());
    const std::string text = TRY_CONTEXT(what, read_text(context));
    const auto directory = TRY_CONTEXT(what, context.ports.root.make_directories(place_.directory()));
    TRY_CONTEXT(what, check_unit_file(*directory, place_, before_));
    const std::string temporary = place_.other_name(context);
    TRY_CONTEXT(what, write_temporary(*directory, temporary, text));
    may_be_in_place_ = true;
    TRY_CONTEXT(what, directory->rename(temporary, place_.name(),
                                        before_ ? host::RenameMode::exchange : host::RenameMode::no_replace));
    context.units_changed = true;
    return directory->sync();
  }

  // The old file itself comes back, with its inode, owner, mode and all.
  Result<> undo(StepContext& context) override {
    const auto directory = TRY(context.ports.root.open_directory_if_present(place_.directory()));
    if (directory == nullptr) return {};
    const std::string temporary = place_.other_name(context);
    const auto other = TRY(inode_of(*directory, temporary));
    if (may_be_in_place_) TRY(take_back(context, *directory, temporary, other));
    if (other) TRY(directory->remove_file(temporary));
    return directory->sync();
  }

  Result<> clean(StepContext& context) override {
    if (replaced_ == 0) return {};
    const auto directory = TRY(context.ports.root.open_directory(place_.directory()));
    TRY(directory->remove_file(place_.other_name(context)));
    return directory->sync();
  }

 private:
  Result<> take_back(StepContext& context, host::Directory& directory, const std::string& temporary,
                     const std::optional<std::uint64_t>& other) const {
    if (replaced_ != 0) {
      if (other != replaced_) return {};
      context.units_changed = true;
      return directory.rename(temporary, place_.name(), host::RenameMode::exchange);
    }
    // It has no temporary name any more. What is not as it was written is somebody else's.
    if (other || !TRY(inode_of(directory, place_.name()))) return {};
    if (Result<> ours = check_unit_file(directory, place_, after_); !ours) {
      return ours.error().kind() == ErrorKind::stale ? Result<>() : ours;
    }
    context.units_changed = true;
    // Something that was started may have started it in turn: a timer, or a unit that needs it.
    if (context.units_started && !place_.is_drop_in())
      TRY(context.ports.units.stop(place_.unit(), kUndoStopTimeout));
    return directory.remove_file(place_.name());
  }

  Result<std::string> read_text(StepContext& context) const {
    return drop_in_ != nullptr ? drop_in_->text() : read_staged(context);
  }

  // From the version's own directory, which is root's; the bundle is somebody else's.
  Result<std::string> read_staged(StepContext& context) const {
    const auto version = TRY(context.ports.root.open_directory(version_dir(unit_->addon, unit_->version)));
    std::string text = TRY(version->read_file(RelativePath::of({place_.name()}), kMaxUnit));
    if (Digest::of(text) != after_) {
      return tl::unexpected(
          Error(fmt::format("its staged file in {} is not what was planned", version->path())));
    }
    return text;
  }

  static Result<> write_temporary(host::Directory& directory, const std::string& name,
                                  const std::string& text) {
    const auto file = TRY(directory.create_file(name));
    TRY(file->write(std::as_bytes(std::span(text))));
    TRY(file->set_owner(0, 0));
    TRY(file->set_mode(0644));
    return file->sync();
  }

  const plan::InstallUnit* unit_ = nullptr;  ///< of a plan, which one of the two is from
  const plan::ReleaseDropIn* drop_in_ = nullptr;
  UnitPlace place_;
  std::optional<Digest> before_;
  Digest after_;
  std::uint64_t replaced_ = 0;  ///< inode of the file that was there; 0: none was
  bool may_be_in_place_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::InstallUnit& step) {
  return std::make_unique<InstallRun>(step);
}

std::unique_ptr<StepRun> make_run(const plan::InstallDropIn& step) {
  return std::make_unique<InstallRun>(step);
}

Result<std::unique_ptr<StepRun>> read_install_unit(const Json& record) {
  return std::make_unique<InstallRun>(TRY(UnitPlace::read(record)),
                                      TRY(Digest::parse(TRY(plan::text_field(record, "after")))),
                                      TRY(plan::number_field(record, "replaced")));
}

}  // namespace addon::executor
