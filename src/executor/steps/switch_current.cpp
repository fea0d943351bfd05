#include <fmt/format.h>

#include <optional>
#include <utility>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

std::string target_of(const Version& version) { return "versions/" + version.str(); }

class SwitchCurrentRun final : public StepRun {
 public:
  SwitchCurrentRun(AddonId addon, std::optional<Version> before, std::optional<Version> after)
      : addon_(std::move(addon)), before_(std::move(before)), after_(std::move(after)) {}

  std::string doing() const override {
    return after_ ? fmt::format("switching {} to {}", addon_.str(), after_->str())
                  : fmt::format("deactivating {}", addon_.str());
  }

  Result<Json> record(StepContext& /*context*/) override {
    const auto text = [](const std::optional<Version>& version) { return version ? version->str() : ""; };
    return Json{{"kind", "switch-current"},
                {"addon", addon_.str()},
                {"before", text(before_)},
                {"after", text(after_)}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what =
        after_ ? fmt::format("cannot switch current of {} to {}", addon_.str(), target_of(*after_))
               : fmt::format("cannot remove current of {}", addon_.str());
    const auto directory = TRY_CONTEXT(what, context.ports.root.open_directory(addon_dir(addon_)));
    if (!TRY_CONTEXT(what, points_at(*directory, before_))) {
      return tl::unexpected(
          Error(fmt::format("{}: it changed since the plan was made", what), ErrorKind::stale));
    }
    if (after_) {
      const auto target = TRY_CONTEXT(what, directory->stat(RelativePath::of({"versions", after_->str()})));
      if (!target || target->type != host::FileType::directory) {
        return tl::unexpected(
            Error(fmt::format("{}: directory is missing; addonctl diff shows what else is", what)));
      }
    }
    return point_at(*directory, after_, context).map_error([&](Error error) {
      return std::move(error).with_context(what);
    });
  }

  Result<> undo(StepContext& context) override {
    const auto directory = TRY(context.ports.root.open_directory_if_present(addon_dir(addon_)));
    if (directory == nullptr) return {};
    if (TRY(points_at(*directory, after_))) return point_at(*directory, before_, context);
    return directory->remove_file(temporary(context));
  }

 private:
  static std::string temporary(const StepContext& context) { return ".current-" + context.transaction; }

  static Result<bool> points_at(const host::Directory& directory, const std::optional<Version>& version) {
    const RelativePath name = RelativePath::of({"current"});
    const auto state = TRY(directory.stat(name));
    if (!state || !version) return !state && !version;
    return state->type == host::FileType::symlink && TRY(directory.read_link(name)) == target_of(*version);
  }

  // A new link renamed over the old one: at no moment is there none.
  static Result<> point_at(host::Directory& directory, const std::optional<Version>& version,
                           const StepContext& context) {
    TRY(directory.remove_file(temporary(context)));
    if (!version) {
      TRY(directory.remove_file("current"));
      return directory.sync();
    }
    TRY(directory.make_symlink(temporary(context), target_of(*version)));
    TRY(directory.rename(temporary(context), "current", host::RenameMode::replace));
    return directory.sync();
  }

  AddonId addon_;
  std::optional<Version> before_;
  std::optional<Version> after_;
};

Result<std::optional<Version>> version_field(const Json& record, const char* name) {
  const std::string text = TRY(plan::text_field(record, name));
  if (text.empty()) return std::nullopt;
  return TRY(Version::parse(text));
}

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SwitchCurrent& step) {
  return std::make_unique<SwitchCurrentRun>(step.addon, step.before, step.after);
}

Result<std::unique_ptr<StepRun>> read_switch_current(const Json& record) {
  return std::make_unique<SwitchCurrentRun>(TRY(AddonId::parse(TRY(plan::text_field(record, "addon")))),
                                            TRY(version_field(record, "before")),
                                            TRY(version_field(record, "after")));
}

}  // namespace addon::executor
