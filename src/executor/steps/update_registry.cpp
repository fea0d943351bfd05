// Replaces /var/lib/addonctl/registry.json. Whoever watches it sees the old text or the new one.
#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"
#include "plan/json_fields.hpp"
#include "plan/registry.hpp"

namespace addon::executor {

namespace {

using Phase = plan::UpdateRegistry::Phase;

std::string_view to_string(Phase phase) { return phase == Phase::withdraw ? "withdraw" : "publish"; }

/// Of a file; of anything else that has the name, a digest of zeroes.
Result<std::optional<Digest>> found_at(const host::Directory& directory, const std::string& name) {
  const RelativePath path = RelativePath::of({name});
  const auto state = TRY(directory.stat(path));
  if (!state) return std::nullopt;
  if (state->type != host::FileType::regular) return Digest{};
  const auto file = TRY(directory.open_file(path));
  return TRY(host::hash_file(*file));
}

/// What tells whether the file beside the registry is what the registry was before: what stood there before
/// the transaction by its inode, what the transaction itself had put there by its bytes.
struct Former {
  std::uint64_t inode = 0;       ///< 0: there was none, or the transaction wrote it
  std::optional<Digest> sha256;  ///< of what the transaction wrote

  bool exists() const { return inode != 0 || sha256.has_value(); }
};

class UpdateRegistryRun final : public StepRun {
 public:
  explicit UpdateRegistryRun(const plan::UpdateRegistry& step) : step_(&step), phase_(step.phase) {}
  UpdateRegistryRun(Phase phase, Digest after, Former former)
      : phase_(phase), after_(after), former_(std::move(former)) {}

  std::string doing() const override {
    return phase_ == Phase::withdraw ? "taking what goes out of the registry" : "telling the registry";
  }
  std::vector<RelativePath> directories() const override { return {state_dir()}; }

  Result<Json> record(StepContext& context) override {
    text_ = plan::registry_text(phase_ == Phase::withdraw ? context.last_head : context.next_head,
                                step_->entries);
    after_ = Digest::of(text_);
    if (context.registry) {
      former_.sha256 = context.registry;
    } else if (const auto state = TRY(context.ports.root.stat(state_dir() / std::string(kRegistry)))) {
      former_.inode = state->identity.inode;
    }
    context.registry = after_;
    return Json{{"kind", "update-registry"},
                {"phase", to_string(phase_)},
                {"after", after_.hex()},
                {"inode", former_.inode},
                {"before", former_.sha256 ? Json(former_.sha256->hex()) : Json(nullptr)}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = "cannot write the registry";
    const auto directory = TRY_CONTEXT(what, context.ports.root.make_directories(state_dir()));
    const std::optional<Digest>& expected = former_.sha256 ? former_.sha256 : step_->before;
    if (TRY_CONTEXT(what, found_at(*directory, std::string(kRegistry))) != expected) {
      return tl::unexpected(
          Error(fmt::format("{}: it changed since the plan was made", what), ErrorKind::stale));
    }
    TRY_CONTEXT(what, write_beside(*directory, context));
    TRY_CONTEXT(what,
                directory->rename(beside(context), kRegistry,
                                  expected ? host::RenameMode::exchange : host::RenameMode::no_replace));
    return directory->sync();
  }

  // What was there before the transaction is not ready yet where it had to be withdrawn.
  Result<> undo(StepContext& context) override {
    return phase_ == Phase::publish ? take_back(context) : Result<>();
  }

  Result<> reveal(StepContext& context) override {
    return phase_ == Phase::withdraw ? take_back(context) : Result<>();
  }

  Result<> clean(StepContext& context) override {
    const auto directory = TRY(context.ports.root.open_directory_if_present(state_dir()));
    if (directory == nullptr) return {};
    TRY(directory->remove_tree(beside(context)));
    return directory->sync();
  }

 private:
  std::string beside(const StepContext& context) const {
    return fmt::format(".registry-{}-{}", to_string(phase_), context.transaction);
  }

  Result<> write_beside(host::Directory& directory, const StepContext& context) const {
    const auto file = TRY(directory.create_file(beside(context)));
    TRY(file->write(std::as_bytes(std::span(text_))));
    TRY(file->set_owner(0, 0));
    TRY(file->set_mode(0644));
    return file->sync();
  }

  // The old file itself comes back, whatever it was.
  Result<> take_back(StepContext& context) const {
    const auto directory = TRY(context.ports.root.open_directory_if_present(state_dir()));
    if (directory == nullptr) return {};
    const std::string other = beside(context);
    const auto state = TRY(directory->stat(RelativePath::of({other})));
    if (!state) {
      // Where there was none before, the new one has no second name any more.
      const bool is_ours = !former_.exists() && TRY(found_at(*directory, std::string(kRegistry))) == after_;
      if (is_ours) TRY(hide(*directory, other));
    } else if (TRY(is_former(*directory, other, *state))) {
      // What it says may not be ready again: it comes back once all else is undone.
      if (context.undo_failed) return directory->remove_file(kRegistry);
      TRY(put_back(*directory, other));
    }
    TRY(directory->remove_tree(other));
    return directory->sync();
  }

  static Result<> put_back(host::Directory& directory, const std::string& former) {
    const bool is_there = TRY(directory.stat(RelativePath::of({std::string(kRegistry)}))).has_value();
    auto put = directory.rename(former, kRegistry,
                                is_there ? host::RenameMode::exchange : host::RenameMode::no_replace);
    if (put) return {};
    // No registry says nothing that is not ready. The next try finds the former one where it is.
    Error error = std::move(put).error();
    if (auto hidden = directory.remove_file(kRegistry); !hidden)
      error = std::move(error).followed_by(hidden.error());
    return tl::unexpected(std::move(error));
  }

  // By its other name it says nothing to anybody, and is removed with that.
  static Result<> hide(host::Directory& directory, const std::string& other) {
    if (directory.rename(kRegistry, other, host::RenameMode::no_replace)) return {};
    return directory.remove_file(kRegistry);
  }

  Result<bool> is_former(const host::Directory& directory, const std::string& name,
                         const host::FileState& state) const {
    if (former_.sha256) return TRY(found_at(directory, name)) == former_.sha256;
    return former_.inode != 0 && state.identity.inode == former_.inode;
  }

  const plan::UpdateRegistry* step_ = nullptr;  ///< of a plan
  Phase phase_;
  std::string text_;
  Digest after_;
  Former former_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::UpdateRegistry& step) {
  return std::make_unique<UpdateRegistryRun>(step);
}

Result<std::unique_ptr<StepRun>> read_update_registry(const Json& record) {
  const std::string phase = TRY(plan::text_field(record, "phase"));
  if (phase != to_string(Phase::withdraw) && phase != to_string(Phase::publish))
    return tl::unexpected(Error("\"phase\" is none of a registry's"));
  const Digest after = TRY(Digest::parse(TRY(plan::text_field(record, "after"))));
  Former former;
  former.inode = TRY(plan::number_field(record, "inode"));
  const auto before = record.find("before");
  if (before != record.end() && !before->is_null())
    former.sha256 = TRY(Digest::parse(TRY(plan::text_field(record, "before"))));
  return std::make_unique<UpdateRegistryRun>(
      phase == to_string(Phase::withdraw) ? Phase::withdraw : Phase::publish, after, std::move(former));
}

}  // namespace addon::executor
