#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "executor/copy_bytes.hpp"
#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

using std::chrono::nanoseconds;

// A file that was written a moment before it was hashed may be written again within the same tick
// of its ctime; its identity would then stand for other bytes.
constexpr nanoseconds kSettled = std::chrono::milliseconds(100);

class StageRun final : public StepRun {
 public:
  explicit StageRun(const plan::Stage& step)
      : step_(&step), addon_(step.addon), version_(step.version), replaces_(step.replaces) {}
  StageRun(AddonId addon, Version version, bool replaces, std::uint64_t replaced)
      : addon_(std::move(addon)),
        version_(std::move(version)),
        replaces_(replaces),
        replaced_(replaced),
        may_be_in_place_(true) {}

  std::string doing() const override { return fmt::format("staging {} {}", addon_.str(), version_.str()); }

  std::vector<RelativePath> directories() const override { return {versions_dir(addon_)}; }

  Result<Json> record(StepContext& context) override {
    if (replaces_) {
      const auto state = TRY(context.ports.root.stat(version_dir(addon_, version_)));
      if (!state) return tl::unexpected(Error(fmt::format("{} {} is gone", addon_.str(), version_.str())));
      replaced_ = state->identity.inode;
    }
    return Json{{"kind", "stage"},
                {"addon", addon_.str()},
                {"version", version_.str()},
                {"replaces", replaces_},
                {"replaced", replaced_}};
  }

  Result<> perform(StepContext& context) override {
    const auto bundle = context.bundles.find(addon_);
    if (bundle == context.bundles.end()) {
      return tl::unexpected(Error(fmt::format("there is no bundle to stage {} from", addon_.str())));
    }
    const unsigned gid = TRY(group(context));
    const auto versions = TRY(context.ports.root.make_directories(versions_dir(addon_)));
    const bool is_moved = TRY(move_unpacked(*bundle->second, *versions, context));
    const auto stage = TRY(is_moved ? versions->open_directory(TRY(RelativePath::parse(temporary(context))))
                                    : versions->make_directory(temporary(context)));
    if (is_moved) TRY(check_moved(*bundle->second, *stage));
    TRY(stage->set_mode(0755));
    ByteMeter meter(context.ports.progress, context.ports.clock, doing(), total_bytes());
    for (const plan::ReleaseFile& file : step_->files) {
      const unsigned file_gid = file.run_as_group ? gid : 0;
      TRY_CONTEXT(fmt::format("cannot stage {} of {}", file.path.str(), addon_.str()),
                  is_moved ? adopt(*bundle->second, file, *stage, file_gid, context)
                           : copy(*bundle->second, file, *stage, file_gid, context, meter));
    }
    if (is_moved) TRY(sync_parents(*stage));
    TRY(stage->sync());
    may_be_in_place_ = true;
    TRY(versions->rename(temporary(context), version_.str(),
                         replaces_ ? host::RenameMode::exchange : host::RenameMode::no_replace));
    return versions->sync();
  }

  Result<> undo(StepContext& context) override {
    const auto versions = TRY(context.ports.root.open_directory_if_present(versions_dir(addon_)));
    if (versions == nullptr) return {};
    if (may_be_in_place_ && replaces_) TRY(exchange_back(*versions, context));
    // Renamed into place, it has lost its temporary name.
    const bool is_in_place = may_be_in_place_ && !replaces_ && !TRY(inode(*versions, temporary(context)));
    TRY(versions->remove_tree(is_in_place ? version_.str() : temporary(context)));
    return versions->sync();
  }

  Result<> clean(StepContext& context) override {
    if (!replaces_) return {};
    const auto versions = TRY(context.ports.root.open_directory(versions_dir(addon_)));
    TRY(versions->remove_tree(temporary(context)));
    return versions->sync();
  }

 private:
  static std::string temporary(const StepContext& context) { return ".stage-" + context.transaction; }

  static Result<std::optional<std::uint64_t>> inode(const host::Directory& versions,
                                                    const std::string& name) {
    const auto state = TRY(versions.stat(TRY(RelativePath::parse(name))));
    return state ? std::optional(state->identity.inode) : std::nullopt;
  }

  // Where the directory that was there has the temporary name, the new one has its own.
  Result<> exchange_back(host::Directory& versions, const StepContext& context) const {
    if (TRY(inode(versions, temporary(context))) != replaced_) return {};
    TRY(versions.rename(temporary(context), version_.str(), host::RenameMode::exchange));
    return versions.sync();
  }

  std::uint64_t total_bytes() const {
    std::uint64_t total = 0;
    for (const plan::ReleaseFile& file : step_->files) total += file.size;
    return total;
  }

  Result<unsigned> group(StepContext& context) const {
    if (step_->run_as.empty()) return 0U;
    const auto account = TRY(context.ports.accounts.find(step_->run_as));
    if (!account) return tl::unexpected(Error(fmt::format("user {} does not exist any more", step_->run_as)));
    return account->gid;
  }

  // False where there is nothing to move, or it is on another filesystem than this add-on's directory.
  static Result<bool> move_unpacked(const bundle::Bundle& bundle, host::Directory& versions,
                                    const StepContext& context) {
    if (!bundle.unpacked) return false;
    host::Directory& parent = *bundle.unpacked->parent;
    const auto moved = versions.move_here(parent, bundle.unpacked->name, temporary(context));
    if (!moved && moved.error().errno_value() == EXDEV) return false;
    TRY(moved);
    TRY(parent.sync());
    return true;
  }

  // Whoever can write to the directory that it was in could have exchanged it for another.
  static Result<> check_moved(const bundle::Bundle& bundle, const host::Directory& stage) {
    const host::FileIdentity wanted = TRY(bundle.unpacked->directory->state()).identity;
    const host::FileIdentity found = TRY(stage.state()).identity;
    if (found.device == wanted.device && found.inode == wanted.inode) return {};
    return tl::unexpected(
        Error(fmt::format("{} is not the directory that the archive was unpacked to", stage.path())));
  }

  // Its bytes are those that were hashed while they were written: nobody wrote to it since.
  static Result<> adopt(const bundle::Bundle& bundle, const plan::ReleaseFile& file, host::Directory& stage,
                        unsigned gid, StepContext& context) {
    const auto unpacked =
        std::lower_bound(bundle.files.begin(), bundle.files.end(), file.path,
                         [](const bundle::BundleFile& a, const RelativePath& path) { return a.path < path; });
    const auto target = TRY(stage.open_file(file.path));
    if (unpacked == bundle.files.end() || unpacked->path != file.path || unpacked->sha256 != file.sha256 ||
        unpacked->identity != TRY(target->state()).identity) {
      return tl::unexpected(Error("it was changed after it was unpacked; apply again", ErrorKind::stale));
    }
    return settle_file(*target, file, gid, context);
  }

  static Result<> settle_file(host::File& target, const plan::ReleaseFile& file, unsigned gid,
                              StepContext& context) {
    TRY(target.set_owner(0, gid));
    TRY(target.set_mode(file.mode));
    TRY(target.sync());
    context.learned.insert_or_assign(TRY(target.state()).identity, file.sha256);
    return {};
  }

  // They were synced when they were made, without what is in them now.
  Result<> sync_parents(host::Directory& stage) const {
    std::set<std::string> parents;
    for (const plan::ReleaseFile& file : step_->files) {
      const std::string& path = file.path.str();
      for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        parents.insert(path.substr(0, slash));
    }
    for (const std::string& parent : parents) {
      TRY(TRY(stage.open_directory(TRY(RelativePath::parse(parent))))->sync());
    }
    return {};
  }

  static Result<std::unique_ptr<host::File>> create(host::Directory& stage, const RelativePath& path,
                                                    std::vector<std::unique_ptr<host::Directory>>& parents) {
    const auto slash = path.str().rfind('/');
    if (slash == std::string::npos) return stage.create_file(path.str());
    parents.push_back(TRY(stage.make_directories(TRY(RelativePath::parse(path.str().substr(0, slash))))));
    return parents.back()->create_file(path.name());
  }

  Result<> copy(const bundle::Bundle& bundle, const plan::ReleaseFile& file, host::Directory& stage,
                unsigned gid, StepContext& context, ByteMeter& meter) const {
    if (bundle.directory == nullptr) return tl::unexpected(Error("its archive was not unpacked"));
    const auto source = TRY(bundle.directory->open_file(file.path));
    const host::FileState before = TRY(source->state());
    const nanoseconds started = context.ports.clock.now().time_since_epoch();
    std::vector<std::unique_ptr<host::Directory>> parents;
    const auto target = TRY(create(stage, file.path, parents));
    const Digest digest = TRY(copy_bytes(*source, *target, file.size, &meter));
    if (digest != file.sha256) {
      return tl::unexpected(
          Error("the bundle's file changed after the plan was made; plan again", ErrorKind::stale));
    }
    if (nanoseconds(before.identity.ctime_ns) + kSettled < started) {
      context.learned.insert_or_assign(before.identity, digest);
    }
    TRY(settle_file(*target, file, gid, context));
    for (const auto& parent : parents) TRY(parent->sync());
    return {};
  }

  const plan::Stage* step_ = nullptr;
  AddonId addon_;
  Version version_;
  bool replaces_;
  std::uint64_t replaced_ = 0;  ///< inode of the directory that was there
  bool may_be_in_place_ = false;
};

}  // namespace

Result<std::unique_ptr<StepRun>> read_stage(const Json& record) {
  return std::make_unique<StageRun>(TRY(AddonId::parse(TRY(plan::text_field(record, "addon")))),
                                    TRY(Version::parse(TRY(plan::text_field(record, "version")))),
                                    TRY(plan::flag_field(record, "replaces")),
                                    TRY(plan::number_field(record, "replaced")));
}

std::unique_ptr<StepRun> make_run(const plan::Stage& step) { return std::make_unique<StageRun>(step); }

}  // namespace addon::executor
