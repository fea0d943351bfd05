#include <fmt/format.h>

#include <cstdint>
#include <utility>

#include "core/digest.hpp"
#include "executor/state_dirs.hpp"
#include "executor/steps/step_run.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

class PurgeStateDirRun final : public StepRun {
 public:
  PurgeStateDirRun(std::string path, std::uint64_t inode) : path_(std::move(path)), inode_(inode) {}

  std::string doing() const override { return fmt::format("deleting {}", path_); }

  Result<Json> record(StepContext& context) override {
    const auto state = TRY(context.ports.root.stat(TRY(state_dir_path(path_))));
    if (!state) return tl::unexpected(changed());
    inode_ = state->identity.inode;
    return Json{{"kind", "purge-state-dir"}, {"path", path_}, {"inode", inode_}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot delete {}", path_);
    const RelativePath path = TRY(state_dir_path(path_));
    const auto parent = TRY_CONTEXT(what, open_above(context.ports.root, path, 0, Absent::is_null));
    const std::string name(path.name());
    if (parent == nullptr || TRY(open_same(*parent, name, inode_)) == nullptr)
      return tl::unexpected(changed());
    TRY_CONTEXT(what, parent->rename(name, aside(context), host::RenameMode::no_replace));
    return parent->sync();
  }

  Result<> undo(StepContext& context) override {
    const RelativePath path = TRY(state_dir_path(path_));
    const auto parent = TRY(open_above(context.ports.root, path, 0, Absent::is_null));
    if (parent == nullptr || TRY(open_same(*parent, aside(context), inode_)) == nullptr) return {};
    const std::string name(path.name());
    // Whoever still runs, or the boot, may have made it anew; what is in that is nobody's to delete.
    if (const auto gone = parent->remove_directory(name); !gone) {
      context.notes.push_back(fmt::format("{} was made anew meanwhile; what was in it before is in {}/{}",
                                          path_, parent->path(), aside(context)));
      return {};
    }
    TRY(parent->rename(aside(context), name, host::RenameMode::no_replace));
    return parent->sync();
  }

  // What is left of it is named, and no later run has to wait for it: whoever owned it may have made it
  // something that cannot be deleted, or write into it still.
  Result<> clean(StepContext& context) override {
    if (auto deleted = remove_aside(context); !deleted) {
      context.notes.push_back(fmt::format("something is left of {}, as {}: {}; remove it by hand", path_,
                                          aside(context), deleted.error().message()));
    }
    return {};
  }

 private:
  Result<> remove_aside(StepContext& context) const {
    const RelativePath path = TRY(state_dir_path(path_));
    const auto parent = TRY(open_above(context.ports.root, path, 0, Absent::is_null));
    if (parent == nullptr) return {};
    const auto directory = TRY(open_same(*parent, aside(context), inode_));
    if (directory == nullptr) return {};
    TRY(directory->remove_entries());
    TRY(parent->remove_directory(aside(context)));
    return parent->sync();
  }

  // One directory can hold several that go.
  std::string aside(const StepContext& context) const {
    constexpr std::size_t digits = 8;
    return fmt::format(".purge-{}-{}", context.transaction, Digest::of(path_).hex().substr(0, digits));
  }

  Error changed() const {
    return Error(fmt::format("{} changed since the plan was made", path_), ErrorKind::stale);
  }

  std::string path_;
  std::uint64_t inode_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::PurgeStateDir& step) {
  return std::make_unique<PurgeStateDirRun>(step.path, 0);
}

Result<std::unique_ptr<StepRun>> read_purge_state_dir(const Json& record) {
  std::string path = TRY(plan::text_field(record, "path"));
  TRY(state_dir_path(path));
  const std::uint64_t inode = TRY(plan::number_field(record, "inode"));
  return std::make_unique<PurgeStateDirRun>(std::move(path), inode);
}

}  // namespace addon::executor
