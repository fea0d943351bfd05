#include "executor/steps/step_run.hpp"

namespace addon::executor {

Result<> StepContext::reload_if_changed() {
  if (!units_changed || !ports.units.is_live()) return {};
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

Result<> StepRun::settle(StepContext& /*context*/) { return {}; }

Result<> StepRun::clean(StepContext& /*context*/) { return {}; }

std::unique_ptr<StepRun> make_run(const plan::Action& action) {
  return std::visit([](const auto& step) { return make_run(step); }, action);
}

}  // namespace addon::executor
