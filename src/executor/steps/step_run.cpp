#include "executor/steps/step_run.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "plan/json_fields.hpp"

namespace addon::executor {

Result<> StepContext::reload_if_changed() {
  if (!units_changed || !ports.units.is_live() || !ports.platform.has_systemd) return {};
  TRY(ports.units.reload());
  units_changed = false;
  return {};
}

const Digest* StepContext::digest_of(const host::FileIdentity& identity) const {
  for (const host::KnownDigests* digests : {static_cast<const host::KnownDigests*>(&learned), &known}) {
    const auto found = digests->find(identity);
    if (found != digests->end()) return &found->second;
  }
  return nullptr;
}

Result<Json> StepRun::record(StepContext& /*context*/) { return Json{{"kind", "nothing"}}; }

Result<> StepRun::perform(StepContext& /*context*/) {
  return tl::unexpected(Error("a step of a journal can only be undone"));
}

Result<> StepRun::undo(StepContext& /*context*/) { return {}; }

Result<> StepRun::settle(StepContext& /*context*/) { return {}; }

Result<> StepRun::reveal(StepContext& /*context*/) { return {}; }

Result<> StepRun::clean(StepContext& /*context*/) { return {}; }

std::unique_ptr<StepRun> make_run(const plan::Action& action) {
  return std::visit([](const auto& step) { return make_run(step); }, action);
}

namespace {

class Nothing final : public StepRun {
 public:
  std::string doing() const override { return "nothing"; }
};

using Read = Result<std::unique_ptr<StepRun>> (*)(const Json&);
constexpr std::array<std::pair<std::string_view, Read>, 13> kKinds = {
    {{"nothing", read_nothing},
     {"stage", read_stage},
     {"set-capabilities", read_set_capabilities},
     {"install-unit", read_install_unit},
     {"remove-unit", read_remove_unit},
     {"install-drop-in", read_install_unit},
     {"remove-drop-in", read_remove_unit},
     {"make-state-dir", read_make_state_dir},
     {"purge-state-dir", read_purge_state_dir},
     {"switch-current", read_switch_current},
     {"set-enablement", read_set_enablement},
     {"set-running", read_set_running},
     {"update-registry", read_update_registry}}};

}  // namespace

Result<std::unique_ptr<StepRun>> read_nothing(const Json& /*record*/) { return std::make_unique<Nothing>(); }

Result<std::unique_ptr<StepRun>> read_run(const Json& record) {
  const std::string kind = TRY(plan::text_field(record, "kind"));
  for (const auto& [name, read] : kKinds) {
    if (kind == name) return read(record);
  }
  return tl::unexpected(Error(fmt::format("there is no kind of step {}", quoted(kind))));
}

}  // namespace addon::executor
