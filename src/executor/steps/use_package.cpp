#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/digest.hpp"
#include "executor/steps/step_run.hpp"
#include "executor/unit_files.hpp"

namespace addon::executor {

namespace {

// Between plan and start nobody but a package manager could have changed it, and that is worth a look.
class UsePackageRun final : public StepRun {
 public:
  explicit UsePackageRun(const plan::UsePackage& step)
      : addon_(step.addon),
        database_(step.database),
        package_(step.package),
        version_(step.after),
        units_(step.units) {}

  std::string doing() const override { return fmt::format("looking at package {}", package_); }

  Result<> perform(StepContext& context) override {
    const auto& databases = context.ports.packages;
    const auto database =
        std::find_if(databases.begin(), databases.end(),
                     [&](const host::PackageDatabase* one) { return one->name() == database_; });
    if (database == databases.end()) return changed();
    const auto found =
        TRY_CONTEXT(fmt::format("cannot look for package {}", package_), (*database)->find(package_));
    if (!found || !found->is_installed() || found->version != version_) return changed();
    UnitFiles files(context.ports.root);
    for (const plan::UsePackage::Unit& unit : units_) {
      const auto text = TRY(files.read(unit.path));
      if (!text || Digest::of(*text) != unit.after) return changed();
    }
    return {};
  }

 private:
  Result<> changed() const {
    return tl::unexpected(
        Error(fmt::format("package {}, which brings {}, changed since the plan was made; nothing "
                          "of it was activated",
                          package_, addon_.str()),
              ErrorKind::stale));
  }

  AddonId addon_;
  std::string database_;
  std::string package_;
  std::string version_;
  std::vector<plan::UsePackage::Unit> units_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::UsePackage& step) {
  return std::make_unique<UsePackageRun>(step);
}

}  // namespace addon::executor
