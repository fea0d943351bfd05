#include <fmt/format.h>

#include <chrono>
#include <cstdint>

#include "core/duration.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kInterval{50};
// One restart may be bad luck; a service that keeps ending is in a loop.
constexpr std::uint32_t kLoop = 3;

enum class Verdict { good, wait };

class CheckHealthRun final : public StepRun {
 public:
  explicit CheckHealthRun(const plan::CheckHealth& step) : step_(step) {}

  std::string doing() const override { return fmt::format("waiting for {} to stay up", step_.unit.str()); }

  Result<> perform(StepContext& context) override {
    const host::Clock& clock = context.ports.clock;
    const microseconds deadline = clock.monotonic() + step_.timeout + step_.stable_for;
    for (;;) {
      const host::UnitStatus status = TRY(context.ports.units.inspect(step_.unit));
      if (TRY(judge(status, clock.monotonic())) == Verdict::good) return {};
      if (context.ports.is_interrupted()) return tl::unexpected(Error("interrupted"));
      if (clock.monotonic() >= deadline) {
        return fail(status,
                    fmt::format("was not up for {} without a break within {}", to_string(step_.stable_for),
                                to_string(step_.timeout + step_.stable_for)));
      }
      context.ports.clock.sleep(kInterval);
    }
  }

 private:
  // "active" alone says nothing: between two crashes a service is active, too. What counts is how
  // long it has been without a break.
  Result<Verdict> judge(const host::UnitStatus& status, microseconds now) const {
    if (status.active_state == "failed") return fail(status, "failed");
    if (status.restarts >= kLoop)
      return fail(status, fmt::format("is restarted again and again ({} times)", status.restarts));
    if (status.type == "oneshot" && status.active_state == "inactive" && status.result == "success") {
      return Verdict::good;
    }
    if (status.active_state == "inactive") return fail(status, "ended although it should keep running");
    if (!status.is_active()) return Verdict::wait;
    if (step_.unit.is_timer() || status.sub_state == "exited") return Verdict::good;
    return now - status.active_enter_monotonic >= step_.stable_for ? Verdict::good : Verdict::wait;
  }

  tl::unexpected<Error> fail(const host::UnitStatus& status, const std::string& what) const {
    return tl::unexpected(Error(fmt::format(
        "{} {} ({}/{}, result {}); see journalctl -u {}", step_.unit.str(), what, status.active_state,
        status.sub_state, status.result.empty() ? "unknown" : status.result, step_.unit.str())));
  }

  const plan::CheckHealth& step_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::CheckHealth& step) {
  return std::make_unique<CheckHealthRun>(step);
}

}  // namespace addon::executor
