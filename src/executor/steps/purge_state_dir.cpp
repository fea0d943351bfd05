#include <fmt/format.h>

#include <cerrno>
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
  PurgeStateDirRun(std::string path, std::uint64_t device, std::uint64_t inode)
      : path_(std::move(path)), device_(device), inode_(inode) {}

  std::string doing() const override { return fmt::format("deleting {}", path_); }

  Result<Json> record(StepContext& context) override {
    const auto state = TRY(context.ports.root.stat(TRY(state_dir_path(path_))));
    if (!state) return tl::unexpected(changed());
    device_ = state->identity.device;
    inode_ = state->identity.inode;
    return Json{{"kind", "purge-state-dir"}, {"path", path_}, {"device", device_}, {"inode", inode_}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot delete {}", path_);
    const RelativePath path = TRY(state_dir_path(path_));
    const auto parent = TRY_CONTEXT(what, open_above(context.ports.root, path, 0, Absent::is_null));
    const std::string name(path.name());
    if (parent == nullptr || TRY(open_same(*parent, name, device_, inode_)) == nullptr)
      return tl::unexpected(changed());
    TRY_CONTEXT(what, parent->rename(name, aside(context), host::RenameMode::no_replace));
    return parent->sync();
  }

  Result<> undo(StepContext& context) override {
    const RelativePath path = TRY(state_dir_path(path_));
    const auto parent = TRY(open_above(context.ports.root, path, 0, Absent::is_null));
    if (parent == nullptr || TRY(open_same(*parent, aside(context), device_, inode_)) == nullptr) return {};
    TRY(parent->rename(aside(context), std::string(path.name()), host::RenameMode::no_replace));
    return parent->sync();
  }

  Result<> clean(StepContext& context) override {
    const RelativePath path = TRY(state_dir_path(path_));
    const auto parent = TRY(open_above(context.ports.root, path, 0, Absent::is_null));
    if (parent == nullptr) return {};
    const auto directory = TRY(open_same(*parent, aside(context), device_, inode_));
    if (directory == nullptr) return {};
    const Result<> emptied = directory->remove_entries();
    // Something was mounted in it since, or is written into it still. No later run should have to wait for
    // that.
    if (!emptied && (emptied.error().errno_value() == EXDEV || emptied.error().errno_value() == EBUSY))
      return leave(*parent, context, emptied.error());
    TRY(emptied);
    const Result<> removed = parent->remove_directory(aside(context));
    if (!removed && removed.error().errno_value() == ENOTEMPTY)
      return leave(*parent, context, removed.error());
    TRY(removed);
    return parent->sync();
  }

 private:
  // One directory can hold several that go.
  std::string aside(const StepContext& context) const {
    constexpr std::size_t digits = 8;
    return fmt::format(".purge-{}-{}", context.transaction, Digest::of(path_).hex().substr(0, digits));
  }

  static Result<> leave(const host::Directory& parent, StepContext& context, const Error& error) {
    context.notes.push_back(
        fmt::format("something is left in {}: {}; remove it by hand", parent.path(), error.message()));
    return {};
  }

  Error changed() const {
    return Error(fmt::format("{} changed since the plan was made", path_), ErrorKind::stale);
  }

  std::string path_;
  std::uint64_t device_;
  std::uint64_t inode_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::PurgeStateDir& step) {
  return std::make_unique<PurgeStateDirRun>(step.path, 0, 0);
}

Result<std::unique_ptr<StepRun>> read_purge_state_dir(const Json& record) {
  std::string path = TRY(plan::text_field(record, "path"));
  TRY(state_dir_path(path));
  const std::uint64_t device = TRY(plan::number_field(record, "device"));
  const std::uint64_t inode = TRY(plan::number_field(record, "inode"));
  return std::make_unique<PurgeStateDirRun>(std::move(path), device, inode);
}

}  // namespace addon::executor
