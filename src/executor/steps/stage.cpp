#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "executor/layout.hpp"
#include "executor/made_directories.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kChunk = std::size_t{256} << 10;

// A file that was written a moment before it was hashed may be written again within the same tick
// of its ctime; its identity would then stand for other bytes.
constexpr nanoseconds kSettled = std::chrono::milliseconds(100);

class StageRun final : public StepRun {
 public:
  explicit StageRun(const plan::Stage& step) : step_(step) {}

  std::string doing() const override {
    return fmt::format("staging {} {}", step_.addon.str(), step_.version.str());
  }

  Result<> perform(StepContext& context) override {
    const auto bundle = context.bundles.find(step_.addon);
    if (bundle == context.bundles.end()) {
      return tl::unexpected(Error(fmt::format("there is no bundle to stage {} from", step_.addon.str())));
    }
    const unsigned gid = TRY(group(context));
    versions_ = TRY(made_.make(context.ports.root, versions_dir(step_.addon)));
    temporary_ = ".stage-" + context.transaction;
    const auto stage = TRY(versions_->make_directory(temporary_));
    TRY(stage->set_mode(0755));
    for (const plan::ReleaseFile& file : step_.files) {
      TRY_CONTEXT(fmt::format("cannot stage {} of {}", file.path.str(), step_.addon.str()),
                  copy(*bundle->second, file, *stage, file.run_as_group ? gid : 0, context));
    }
    TRY(stage->sync());
    TRY(versions_->rename(temporary_, step_.version.str(),
                          step_.replaces ? host::RenameMode::exchange : host::RenameMode::no_replace));
    in_place_ = true;
    return versions_->sync();
  }

  Result<> undo(StepContext& context) override {
    if (versions_ != nullptr) {
      if (in_place_ && step_.replaces) {
        TRY(versions_->rename(temporary_, step_.version.str(), host::RenameMode::exchange));
      }
      TRY(versions_->remove_tree(in_place_ && !step_.replaces ? step_.version.str() : temporary_));
      TRY(versions_->sync());
    }
    return made_.remove(context.ports.root);
  }

  Result<> clean(StepContext& /*context*/) override {
    if (!step_.replaces) return {};
    TRY(versions_->remove_tree(temporary_));
    return versions_->sync();
  }

 private:
  Result<unsigned> group(StepContext& context) const {
    if (step_.run_as.empty()) return 0U;
    const auto account = TRY(context.ports.accounts.find(step_.run_as));
    if (!account) return tl::unexpected(Error(fmt::format("user {} does not exist any more", step_.run_as)));
    return account->gid;
  }

  static Result<std::unique_ptr<host::File>> create(host::Directory& stage, const RelativePath& path,
                                                    std::vector<std::unique_ptr<host::Directory>>& parents) {
    const auto slash = path.str().rfind('/');
    if (slash == std::string::npos) return stage.create_file(path.str());
    parents.push_back(TRY(stage.make_directories(TRY(RelativePath::parse(path.str().substr(0, slash))))));
    return parents.back()->create_file(path.name());
  }

  Result<> copy(const bundle::Bundle& bundle, const plan::ReleaseFile& file, host::Directory& stage,
                unsigned gid, StepContext& context) const {
    const auto source = TRY(bundle.directory->open_file(file.path));
    const host::FileState before = TRY(source->state());
    const nanoseconds started = context.ports.clock.now().time_since_epoch();
    std::vector<std::unique_ptr<host::Directory>> parents;
    const auto target = TRY(create(stage, file.path, parents));
    const Digest digest = TRY(copy_bytes(*source, *target, file.size));
    if (digest != file.sha256) {
      return tl::unexpected(
          Error("the bundle's file changed after the plan was made; plan again", ErrorKind::stale));
    }
    if (nanoseconds(before.identity.ctime_ns) + kSettled < started) {
      context.learned.insert_or_assign(before.identity, digest);
    }
    TRY(target->set_owner(0, gid));
    TRY(target->set_mode(file.mode));
    TRY(target->sync());
    context.learned.insert_or_assign(TRY(target->state()).identity, digest);
    for (const auto& parent : parents) TRY(parent->sync());
    return {};
  }

  // Not one byte more than was planned is written, however the source grows meanwhile.
  static Result<Digest> copy_bytes(host::File& source, host::File& target, std::uint64_t expected) {
    std::vector<std::byte> buffer(kChunk);
    Sha256 hash;
    for (std::uint64_t total = 0;;) {
      const std::size_t count = TRY(source.read(buffer));
      if (count == 0) return hash.finish();
      total += count;
      if (total > expected) {
        return tl::unexpected(
            Error("the bundle's file grew after the plan was made; plan again", ErrorKind::stale));
      }
      const auto bytes = std::span<const std::byte>(buffer).first(count);
      hash.update(bytes);
      TRY(target.write(bytes));
    }
  }

  const plan::Stage& step_;
  std::unique_ptr<host::Directory> versions_;
  MadeDirectories made_;
  std::string temporary_;
  bool in_place_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::Stage& step) { return std::make_unique<StageRun>(step); }

}  // namespace addon::executor
