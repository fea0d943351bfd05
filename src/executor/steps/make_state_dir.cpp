#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>

#include "executor/state_dirs.hpp"
#include "executor/steps/step_run.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

Json rights_to_json(const plan::DirectoryRights& rights) {
  return {{"uid", rights.uid}, {"gid", rights.gid}, {"mode", rights.mode}};
}

Result<plan::DirectoryRights> rights_from_json(const Json& json) {
  plan::DirectoryRights rights;
  rights.uid = static_cast<unsigned>(TRY(plan::number_field(json, "uid")));
  rights.gid = static_cast<unsigned>(TRY(plan::number_field(json, "gid")));
  rights.mode = static_cast<unsigned>(TRY(plan::number_field(json, "mode")));
  return rights;
}

/// What was there before, and which directory it was.
struct Former {
  plan::DirectoryRights rights;
  std::uint64_t inode = 0;
};

class MakeStateDirRun final : public StepRun {
 public:
  MakeStateDirRun(std::string path, const plan::DirectoryRights& after,
                  std::optional<plan::DirectoryRights> expected)
      : path_(std::move(path)), after_(after), expected_(expected) {}
  MakeStateDirRun(std::string path, const plan::DirectoryRights& after, std::optional<Former> former)
      : path_(std::move(path)), after_(after), former_(former), may_be_in_place_(true) {}

  std::string doing() const override { return fmt::format("making {}", path_); }

  std::vector<RelativePath> directories() const override {
    const auto above = state_dir_path(path_.substr(0, path_.rfind('/')));
    return above ? std::vector<RelativePath>{*above} : std::vector<RelativePath>{};
  }

  Result<Json> record(StepContext& context) override {
    if (expected_) {
      const auto state = TRY(context.ports.root.stat(TRY(state_dir_path(path_))));
      if (!state) return tl::unexpected(changed());
      former_ = Former{*expected_, state->identity.inode};
    }
    Json record{{"kind", "make-state-dir"}, {"path", path_}, {"after", rights_to_json(after_)}};
    if (former_) {
      record["before"] = rights_to_json(former_->rights);
      record["inode"] = former_->inode;
    }
    return record;
  }

  Result<> perform(StepContext& context) override {
    const std::string what = fmt::format("cannot make state directory {}", path_);
    return (former_ ? change(context) : make(context)).map_error([&](Error error) {
      return std::move(error).with_context(what);
    });
  }

  Result<> undo(StepContext& context) override {
    const RelativePath path = TRY(state_dir_path(path_));
    const auto parent = open_above(context.ports.root, path, after_.uid, Absent::is_null);
    // Whoever the way belongs to by now, it does not lead to what was made.
    if (!parent && !is_hardware(parent.error())) return {};
    if (!parent) return tl::unexpected(parent.error());
    if (*parent == nullptr) return {};
    return former_ ? change_back(**parent, path) : unmake(**parent, path, context);
  }

 private:
  static std::string temporary(const StepContext& context) { return ".state-" + context.transaction; }

  // An error that a disk gives, not one that says what stands somewhere.
  static bool is_hardware(const Error& error) {
    const int reason = error.errno_value();
    return reason != 0 && reason != ENOTDIR && reason != ELOOP;
  }

  Error changed() const {
    return Error(fmt::format("{} changed since the plan was made", path_), ErrorKind::stale);
  }

  // Never under its own name before it is as it should be, and never in the place of something else.
  Result<> make(StepContext& context) {
    const RelativePath path = TRY(state_dir_path(path_));
    const std::string name(path.name());
    const auto parent = TRY(open_above(context.ports.root, path, after_.uid, Absent::is_made));
    if (TRY(parent->stat(RelativePath::of({name})))) return tl::unexpected(changed());
    const auto made = TRY(parent->make_directory(temporary(context)));
    TRY(made->set_owner(after_.uid, after_.gid));
    TRY(made->set_mode(after_.mode));
    TRY(made->sync());
    may_be_in_place_ = true;
    TRY(parent->rename(temporary(context), name, host::RenameMode::no_replace));
    TRY(parent->sync());
    const host::FileIdentity identity = TRY(made->state()).identity;
    return check(*parent, name, identity.inode);
  }

  Result<> change(StepContext& context) const {
    const RelativePath path = TRY(state_dir_path(path_));
    const std::string name(path.name());
    const auto parent = TRY(open_above(context.ports.root, path, after_.uid, Absent::is_null));
    if (parent == nullptr) return tl::unexpected(changed());
    const auto directory = TRY(open_same(*parent, name, former_->inode));
    if (directory == nullptr || rights_of(TRY(directory->state())) != former_->rights)
      return tl::unexpected(changed());
    TRY(directory->set_owner(after_.uid, after_.gid));
    TRY(directory->set_mode(after_.mode));
    TRY(directory->sync());
    return check(*parent, name, former_->inode);
  }

  Result<> check(const host::Directory& parent, const std::string& name, std::uint64_t inode) const {
    const auto directory = TRY(open_same(parent, name, inode));
    if (directory != nullptr && rights_of(TRY(directory->state())) == after_) return {};
    return tl::unexpected(Error("somebody changed it at that moment"));
  }

  Result<> change_back(const host::Directory& parent, const RelativePath& path) const {
    const auto directory = TRY(open_same(parent, std::string(path.name()), former_->inode));
    if (directory == nullptr || rights_of(TRY(directory->state())) == former_->rights) return {};
    TRY(directory->set_owner(former_->rights.uid, former_->rights.gid));
    TRY(directory->set_mode(former_->rights.mode));
    return directory->sync();
  }

  // What somebody keeps data in by now stays.
  Result<> unmake(host::Directory& parent, const RelativePath& path, StepContext& context) const {
    // Renamed into place, it has lost its temporary name; before that, what has its own is not ours.
    const bool is_temporary = TRY(parent.stat(RelativePath::of({temporary(context)}))).has_value();
    if (!is_temporary && !may_be_in_place_) return {};
    const std::string name = is_temporary ? temporary(context) : std::string(path.name());
    const Result<> removed = parent.remove_directory(name);
    const int reason = removed ? 0 : removed.error().errno_value();
    if (!removed && reason != ENOTEMPTY && reason != ENOTDIR && reason != EBUSY)
      return tl::unexpected(removed.error());
    if (!removed)
      context.notes.push_back(fmt::format("{} stays, for there is something in it by now", path_));
    return parent.sync();
  }

  std::string path_;
  plan::DirectoryRights after_;
  std::optional<plan::DirectoryRights> expected_;  ///< by the plan
  std::optional<Former> former_;                   ///< none: there was no directory
  bool may_be_in_place_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::MakeStateDir& step) {
  return std::make_unique<MakeStateDirRun>(step.path.what, step.after, step.before);
}

Result<std::unique_ptr<StepRun>> read_make_state_dir(const Json& record) {
  std::string path = TRY(plan::text_field(record, "path"));
  TRY(state_dir_path(path));
  const plan::DirectoryRights after = TRY(rights_from_json(*TRY(plan::object_field(record, "after"))));
  std::optional<Former> former;
  if (record.contains("before")) {
    Former found;
    found.rights = TRY(rights_from_json(*TRY(plan::object_field(record, "before"))));
    found.inode = TRY(plan::number_field(record, "inode"));
    former = found;
  }
  return std::make_unique<MakeStateDirRun>(std::move(path), after, former);
}

}  // namespace addon::executor
