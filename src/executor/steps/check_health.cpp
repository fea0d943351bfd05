#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <sstream>
#include <utility>

#include "core/duration.hpp"
#include "core/text.hpp"
#include "executor/byte_meter.hpp"
#include "executor/layout.hpp"
#include "executor/steps/step_run.hpp"

namespace addon::executor {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr milliseconds kInterval{50};
// A program that is asked again at once says the same again.
constexpr milliseconds kProgramInterval{500};
// One that hangs once is to be asked again.
constexpr milliseconds kProgramTimeout{10000};
constexpr std::size_t kProgramOutput = 4096;
// One restart may be bad luck; a service that keeps ending is in a loop.
constexpr std::uint32_t kLoop = 3;
// Good once may be good luck.
constexpr int kGoodSamples = 3;

struct Sample {
  bool is_good = false;
  std::string why{};          ///< it is not; "" where nobody had the time to look
  bool is_answer = false;     ///< the program itself said so
  bool is_cut_short = false;  ///< our time was over, not the program's
};

// What a program says first, for a message.
std::string beginning_of(const host::ProgramEnd& end) {
  constexpr int lines = 3;
  constexpr std::size_t columns = 160;
  std::istringstream text(end.errors.empty() ? end.output : end.errors);
  std::string beginning;
  std::string line;
  for (int i = 0; i < lines && std::getline(text, line); ++i) {
    beginning += (i == 0 ? ": " : " / ") + printable(line.substr(0, columns));
  }
  return beginning;
}

class CheckHealthRun final : public StepRun {
 public:
  explicit CheckHealthRun(const plan::CheckHealth& step) : step_(step) {}

  std::string doing() const override {
    return step_.unit ? fmt::format("waiting for {} to stay up", step_.unit->str())
                      : fmt::format("checking {}", step_.program->file.what);
  }

  // A sample that is not good may be a moment of bad luck: it only ends the row of good ones. What cannot get
  // better by itself is an error at once.
  Result<> perform(StepContext& context) override {
    host::Clock& clock = context.ports.clock;
    const microseconds deadline = clock.monotonic() + step_.timeout + step_.stable_for;
    std::string last_fault;
    bool has_answered = false;
    Pace pace(clock);
    for (int good = 0; good < kGoodSamples;) {
      const Sample sample = TRY(take(context, deadline));
      // What the program said before says more than that there was no time to hear it again.
      if (!sample.why.empty() && !(has_answered && sample.is_cut_short)) last_fault = sample.why;
      has_answered = has_answered || sample.is_answer;
      good = sample.is_good ? good + 1 : 0;
      if (good == kGoodSamples) break;
      if (context.ports.is_interrupted()) return tl::unexpected(Error("interrupted"));
      if (clock.monotonic() >= deadline) return tl::unexpected(late(last_fault));
      if (pace.is_due()) tell(context, deadline);
      // No longer than there is time for the last one.
      const auto left = std::chrono::ceil<milliseconds>(deadline - clock.monotonic());
      clock.sleep(std::min(sample.is_good && step_.program ? kProgramInterval : kInterval, left));
    }
    return {};
  }

 private:
  void tell(StepContext& context, microseconds deadline) const {
    const auto left = std::chrono::ceil<std::chrono::seconds>(deadline - context.ports.clock.monotonic());
    context.ports.progress.doing(fmt::format("{}: at most {} left", doing(), to_string(left)));
  }

  Result<Sample> take(StepContext& context, microseconds deadline) const {
    Sample sample{true};
    if (step_.unit) sample = TRY(look_at_unit(context));
    if (!sample.is_good || !step_.program) return sample;
    return ask_program(context, deadline);
  }

  Result<Sample> look_at_unit(StepContext& context) const {
    const auto status = context.ports.units.inspect(*step_.unit);
    if (!status) return Sample{false, status.error().message()};
    return judge(*status, context.ports.clock.monotonic());
  }

  // "active" alone says nothing: between two crashes a service is active, too. What counts is how
  // long it has been without a break.
  Result<Sample> judge(const host::UnitStatus& status, microseconds now) const {
    if (status.active_state == "failed") return fail(status, "failed");
    if (status.restarts >= kLoop)
      return fail(status, fmt::format("is restarted again and again ({} times)", status.restarts));
    if (status.type == "oneshot" && status.active_state == "inactive" && status.result == "success") {
      return Sample{true};
    }
    if (status.active_state == "inactive") return fail(status, "ended although it should keep running");
    if (!status.is_active()) {
      const bool notifies = status.type.starts_with("notify") && status.active_state == "activating";
      return Sample{false,
                    describe(status, notifies ? "did not say that it is ready (READY=1)" : "is not up")};
    }
    if (step_.unit->is_timer() || status.sub_state == "exited") return Sample{true};
    if (now - status.active_enter_monotonic >= step_.stable_for) return Sample{true};
    return Sample{false, describe(status, fmt::format("was not up for {} without a break",
                                                      to_string(step_.stable_for)))};
  }

  Result<Sample> ask_program(StepContext& context, microseconds deadline) const {
    const plan::HealthProgram& program = *step_.program;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - context.ports.clock.monotonic());
    if (left <= milliseconds(0)) return Sample{false};
    const auto user = TRY(context.ports.accounts.find(program.user));
    if (!user) return tl::unexpected(Error(fmt::format("user {} does not exist any more", program.user)));
    const std::string& root = context.ports.root.path();
    const std::string file = fmt::format("{}/{}/{}", root == "/" ? "" : root,
                                         version_dir(step_.addon, program.version).str(), program.file.what);
    host::ProgramCall call{.words = {file},
                           .as = user,
                           .timeout = std::min(kProgramTimeout, left),
                           .output_limit = kProgramOutput};
    call.words.insert(call.words.end(), program.arguments.begin(), program.arguments.end());
    const auto end = context.ports.programs.run(call);
    if (!end) return Sample{false, end.error().message()};
    if (end->is_success()) return Sample{true};
    const bool is_cut_short = end->how == host::ProgramEnd::How::timed_out && left < kProgramTimeout;
    return Sample{false,
                  fmt::format("{} of {} {}{}", program.file.what, step_.addon.str(), host::to_string(*end),
                              beginning_of(*end)),
                  !is_cut_short, is_cut_short};
  }

  Error late(const std::string& last_fault) const {
    const std::string within = to_string(step_.timeout + step_.stable_for);
    if (last_fault.empty()) {
      return Error(
          fmt::format("{} was not found well {} times in a row within {}", subject(), kGoodSamples, within));
    }
    return Error(
        fmt::format("{} was not well within {}; what was seen last: {}", subject(), within, last_fault));
  }

  std::string subject() const { return step_.unit ? step_.unit->str() : step_.addon.str(); }

  std::string describe(const host::UnitStatus& status, const std::string& what) const {
    return fmt::format("{} {} ({}/{}, result {}); see journalctl -u {}", step_.unit->str(), what,
                       status.active_state, status.sub_state,
                       status.result.empty() ? "unknown" : status.result, step_.unit->str());
  }

  tl::unexpected<Error> fail(const host::UnitStatus& status, const std::string& what) const {
    return tl::unexpected(Error(describe(status, what)));
  }

  const plan::CheckHealth& step_;
};

}  // namespace

std::unique_ptr<StepRun> make_run(const plan::CheckHealth& step) {
  return std::make_unique<CheckHealthRun>(step);
}

}  // namespace addon::executor
