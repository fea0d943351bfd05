#include <fmt/format.h>

#include <utility>

#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

namespace {

std::string describe(const host::FileCapabilities& capabilities) {
  return capabilities.empty() ? "no capabilities" : to_string(capabilities);
}

Json to_json(const host::FileCapabilities& capabilities) {
  return {{"permitted", capabilities.permitted.bits()},
          {"inheritable", capabilities.inheritable.bits()},
          {"effective", capabilities.effective},
          {"unknown", capabilities.unknown_bits},
          {"root", capabilities.root_uid}};
}

Result<host::FileCapabilities> capabilities_from_json(const Json& json) {
  return host::FileCapabilities{
      .permitted = CapabilitySet::from_bits(TRY(plan::number_field(json, "permitted"))),
      .inheritable = CapabilitySet::from_bits(TRY(plan::number_field(json, "inheritable"))),
      .effective = TRY(plan::flag_field(json, "effective")),
      .unknown_bits = TRY(plan::number_field(json, "unknown")),
      .root_uid = static_cast<unsigned>(TRY(plan::number_field(json, "root")))};
}

/// The file of a version, and what it has and may get.
struct Grant {
  AddonId addon;
  Version version;
  RelativePath path;
  host::FileCapabilities before;
  host::FileCapabilities after;
  bool is_staged = false;  ///< by the same transaction: undoing that removes the file, and so these
};

class SetCapabilitiesRun final : public StepRun {
 public:
  SetCapabilitiesRun(Grant grant, bool may_have_changed)
      : grant_(std::move(grant)), may_have_changed_(may_have_changed) {}

  std::string doing() const override {
    return fmt::format("giving {} of {} {} {}", grant_.path.str(), grant_.addon.str(), grant_.version.str(),
                       describe(grant_.after));
  }

  Result<Json> record(StepContext& context) override {
    grant_.is_staged = context.staged.contains({grant_.addon, grant_.version});
    return Json{{"kind", "set-capabilities"},       {"addon", grant_.addon.str()},
                {"version", grant_.version.str()},  {"path", grant_.path.str()},
                {"before", to_json(grant_.before)}, {"after", to_json(grant_.after)},
                {"staged", grant_.is_staged}};
  }

  Result<> perform(StepContext& context) override {
    const std::string what = cannot_give(grant_.after);
    const auto version =
        TRY_CONTEXT(what, context.ports.root.open_directory(version_dir(grant_.addon, grant_.version)));
    const auto file = TRY_CONTEXT(what, version->open_file(grant_.path));
    if (TRY_CONTEXT(what, file->capabilities()) != grant_.before) {
      return tl::unexpected(
          Error(fmt::format("{}: it changed since the plan was made", what), ErrorKind::stale));
    }
    may_have_changed_ = true;
    return set(context, *file, grant_.after);
  }

  // Only what it gave is taken back.
  Result<> undo(StepContext& context) override {
    if (grant_.is_staged || !may_have_changed_) return {};
    const auto version =
        TRY(context.ports.root.open_directory_if_present(version_dir(grant_.addon, grant_.version)));
    if (version == nullptr || !TRY(version->stat(grant_.path))) return {};
    const auto file = TRY(version->open_file(grant_.path));
    if (TRY(file->capabilities()) != grant_.after) return {};
    return set(context, *file, grant_.before);
  }

 private:
  std::string cannot_give(const host::FileCapabilities& wanted) const {
    return fmt::format("cannot give {} of {} {} {}", grant_.path.str(), grant_.addon.str(),
                       grant_.version.str(), describe(wanted));
  }

  // On one descriptor from the check to the reading back: no name is resolved twice.
  Result<> set(StepContext& context, host::File& file, const host::FileCapabilities& wanted) const {
    const std::string what = cannot_give(wanted);
    const host::FileState state = TRY_CONTEXT(what, file.state());
    if (!wanted.empty() && (state.uid != 0 || (state.mode & 06022U) != 0)) {
      return tl::unexpected(Error(fmt::format("{}: it is not root's alone to write (owner {}, mode {:04o})",
                                              what, state.uid, state.mode)));
    }
    TRY_CONTEXT(what, file.set_capabilities(wanted));
    if (TRY_CONTEXT(what, file.capabilities()) != wanted) {
      return tl::unexpected(Error(fmt::format("{}: the filesystem did not keep them", what)));
    }
    TRY_CONTEXT(what, carry_digest(context, state.identity, file));
    return file.sync();
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

  Grant grant_;
  bool may_have_changed_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::SetCapabilities& step) {
  return std::make_unique<SetCapabilitiesRun>(
      Grant{step.addon, step.version, step.path, step.before, step.after, false}, false);
}

Result<std::unique_ptr<StepRun>> read_set_capabilities(const Json& record) {
  AddonId addon = TRY(AddonId::parse(TRY(plan::text_field(record, "addon"))));
  Version version = TRY(Version::parse(TRY(plan::text_field(record, "version"))));
  RelativePath path = TRY(RelativePath::parse(TRY(plan::text_field(record, "path"))));
  const auto before = TRY(capabilities_from_json(*TRY(plan::object_field(record, "before"))));
  const auto after = TRY(capabilities_from_json(*TRY(plan::object_field(record, "after"))));
  const bool is_staged = TRY(plan::flag_field(record, "staged"));
  return std::make_unique<SetCapabilitiesRun>(
      Grant{std::move(addon), std::move(version), std::move(path), before, after, is_staged}, true);
}

}  // namespace addon::executor
