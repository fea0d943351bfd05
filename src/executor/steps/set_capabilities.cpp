#include <fmt/format.h>

#include <optional>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

std::string describe(const host::FileCapabilities& capabilities) {
  return capabilities.empty() ? "no capabilities" : to_string(capabilities);
}

class SetCapabilitiesRun final : public StepRun {
 public:
  explicit SetCapabilitiesRun(const plan::SetCapabilities& step) : step_(step) {}

  std::string doing() const override {
    return fmt::format("giving {} of {} {} {}", step_.path.str(), step_.addon.str(), step_.version.str(),
                       describe(step_.after));
  }

  Result<> perform(StepContext& context) override { return set(context, step_.before, step_.after); }

  Result<> undo(StepContext& context) override {
    if (!attempted_) return {};
    return set(context, std::nullopt, step_.before);
  }

 private:
  // On one descriptor from the check to the reading back: no name is resolved twice.
  Result<> set(StepContext& context, const std::optional<host::FileCapabilities>& expected,
               const host::FileCapabilities& wanted) {
    const std::string what = fmt::format("cannot give {} of {} {} {}", step_.path.str(), step_.addon.str(),
                                         step_.version.str(), describe(wanted));
    const auto version =
        TRY_CONTEXT(what, context.ports.root.open_directory(version_dir(step_.addon, step_.version)));
    const auto file = TRY_CONTEXT(what, version->open_file(step_.path));
    const host::FileState state = TRY_CONTEXT(what, file->state());
    const host::FileCapabilities found = TRY_CONTEXT(what, file->capabilities());
    if (!expected && found == wanted) return {};
    if (!wanted.empty() && (state.uid != 0 || (state.mode & 06022U) != 0)) {
      return tl::unexpected(Error(fmt::format("{}: it is not root's alone to write (owner {}, mode {:04o})",
                                              what, state.uid, state.mode)));
    }
    if (expected && found != *expected) {
      return tl::unexpected(
          Error(fmt::format("{}: it changed since the plan was made", what), ErrorKind::stale));
    }
    attempted_ = true;
    TRY_CONTEXT(what, file->set_capabilities(wanted));
    if (TRY_CONTEXT(what, file->capabilities()) != wanted) {
      return tl::unexpected(Error(fmt::format("{}: the filesystem did not keep them", what)));
    }
    TRY_CONTEXT(what, carry_digest(context, state.identity, *file));
    return file->sync();
  }

  // Capabilities change a file's ctime and none of its bytes.
  static Result<> carry_digest(StepContext& context, const host::FileIdentity& before,
                               const host::File& file) {
    const host::FileIdentity now = TRY(file.state()).identity;
    const Digest* known = context.digest_of(before);
    if (known == nullptr || now.size != before.size || now.mtime_ns != before.mtime_ns) return {};
    const Digest digest = *known;
    context.learned.erase(before);
    context.learned.insert_or_assign(now, digest);
    return {};
  }

  const plan::SetCapabilities& step_;
  bool attempted_ = false;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SetCapabilities& step) {
  return std::make_unique<SetCapabilitiesRun>(step);
}

}  // namespace addon::executor
