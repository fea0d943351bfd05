#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

RelativePath directory_of(const unit::InstallLink& link) {
  return RelativePath::of({link.path.substr(0, link.path.rfind('/'))});
}
std::string name_of(const unit::InstallLink& link) { return link.path.substr(link.path.rfind('/') + 1); }

std::string_view name_in(std::string_view target) { return target.substr(target.rfind('/') + 1); }

/// "" where nothing is; something else than a link is an error.
Result<std::string> target_of(const host::Directory& units, const unit::InstallLink& link) {
  const RelativePath path = TRY(RelativePath::parse(link.path));
  if (!TRY(units.stat(path))) return std::string();
  return units.read_link(path);
}

Result<> make(host::Directory& units, const unit::InstallLink& link) {
  if (TRY(target_of(units, link)) == link.target) return {};
  const auto directory = TRY(units.make_directories(directory_of(link)));
  TRY(directory->make_symlink(name_of(link), link.target));
  return directory->sync();
}

Result<> remove(const host::Directory& units, const unit::InstallLink& link) {
  const auto directory = TRY(units.open_directory_if_present(directory_of(link)));
  if (directory == nullptr) return {};
  TRY(directory->remove_file(name_of(link)));
  return directory->sync();
}

class SetEnablementRun final : public StepRun {
 public:
  SetEnablementRun(UnitName unit, std::vector<unit::InstallLink> links, bool enable, bool may_have_changed)
      : unit_(std::move(unit)),
        links_(std::move(links)),
        enable_(enable),
        may_have_changed_(may_have_changed) {}

  std::string doing() const override {
    return fmt::format("{} {}", enable_ ? "enabling" : "disabling", unit_.str());
  }

  bool changes_units() const override { return true; }

  std::vector<RelativePath> directories() const override {
    std::vector<RelativePath> directories;
    if (!enable_) return directories;
    for (const unit::InstallLink& link : links_)
      directories.push_back(units_dir() / directory_of(link).str());
    return directories;
  }

  // Links that go are written down as they are: whoever made them may have written the target in
  // another way.
  Result<Json> record(StepContext& context) override {
    if (!enable_) TRY(look_up(context.ports.root));
    Json links = Json::array();
    for (const unit::InstallLink& link : links_)
      links.push_back({{"path", link.path}, {"target", link.target}});
    return Json{
        {"kind", "set-enablement"}, {"unit", unit_.str()}, {"links", std::move(links)}, {"enable", enable_}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot {} {}", enable_ ? "enable" : "disable", unit_.str());
    const auto units = TRY_CONTEXT(what, context.ports.root.make_directories(units_dir()));
    TRY_CONTEXT(what, enable_ ? enable(context, *units) : disable(context, *units));
    return {};
  }

  // Exactly the links that were made or removed: systemctl(1) disable would take others of the
  // unit, too.
  Result<> undo(StepContext& context) override {
    const auto units = TRY(context.ports.root.open_directory_if_present(units_dir()));
    if (units == nullptr || !may_have_changed_) return {};
    context.units_changed = true;
    for (const unit::InstallLink& link : links_) {
      if (!enable_) {
        TRY(make(*units, link));
      } else if (name_in(TRY(target_of(*units, link))) == name_in(link.target)) {
        TRY(remove(*units, link));
      }
    }
    return {};
  }

 private:
  Result<> look_up(const host::Directory& root) {
    std::vector<unit::InstallLink> present;
    const auto units = TRY(root.open_directory_if_present(units_dir()));
    for (const unit::InstallLink& link : links_) {
      std::string target = units == nullptr ? "" : TRY(target_of(*units, link));
      if (!target.empty()) present.push_back({link.path, std::move(target)});
    }
    links_ = std::move(present);
    return {};
  }

  Result<> enable(StepContext& context, host::Directory& units) {
    for (const unit::InstallLink& link : links_) TRY(check_free(units, link));
    may_have_changed_ = true;
    context.units_changed = true;
    if (context.ports.units.is_live()) {
      TRY(context.ports.units.enable(unit_));
    } else {
      for (const unit::InstallLink& link : links_) TRY(make(units, link));
    }
    // What systemd did is believed only after it was read back.
    for (const unit::InstallLink& link : links_) {
      if (TRY(target_of(units, link)).empty()) {
        return tl::unexpected(Error(fmt::format("/etc/systemd/system/{} is missing afterwards", link.path)));
      }
    }
    return {};
  }

  Result<> disable(StepContext& context, const host::Directory& units) {
    may_have_changed_ = true;
    context.units_changed = true;
    for (const unit::InstallLink& link : links_) TRY(remove(units, link));
    return {};
  }

  // What stands where a link has to be is somebody's, and would be taken away by undo().
  static Result<> check_free(const host::Directory& units, const unit::InstallLink& link) {
    if (!TRY(units.stat(TRY(RelativePath::parse(link.path))))) return {};
    return tl::unexpected(Error(fmt::format(
        "/etc/systemd/system/{} is there already and does not lead to it; remove it", link.path)));
  }

  UnitName unit_;
  std::vector<unit::InstallLink> links_;  ///< with the targets that they had or get
  bool enable_;
  bool may_have_changed_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SetEnablement& step) {
  return std::make_unique<SetEnablementRun>(step.unit, step.links, step.enable, false);
}

Result<std::unique_ptr<StepRun>> read_set_enablement(const Json& record) {
  std::vector<unit::InstallLink> links;
  for (const Json& link : *TRY(plan::array_field(record, "links"))) {
    const RelativePath path = TRY(RelativePath::parse(TRY(plan::text_field(link, "path"))));
    std::string target = TRY(plan::text_field(link, "target"));
    links.push_back({path.str(), std::move(target)});
    if (links.back().path.find('/') == std::string::npos) {
      return tl::unexpected(Error("a link stands in no directory"));
    }
  }
  return std::make_unique<SetEnablementRun>(TRY(UnitName::parse(TRY(plan::text_field(record, "unit")))),
                                            std::move(links), TRY(plan::flag_field(record, "enable")), true);
}

}  // namespace addon::executor
