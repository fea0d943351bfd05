#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "cli/console.hpp"
#include "cli/desk.hpp"
#include "executor/ports.hpp"

namespace addon::cli {

/// Says on stderr what a long run is doing: with -v everything, else on a terminal what has been
/// going on for a second, and then less and less often how far it is: "staging probe 1.0.0: 1.2 GiB of 2.0
/// GiB". What stands before ": " tells one thing from another. Nothing with -q or --format json. Tells the
/// desk all of it.
class ProgressLines final : public executor::Progress {
 public:
  ProgressLines(Console& console, Desk& desk);
  void doing(std::string_view what) override;

 private:
  using Clock = std::chrono::steady_clock;
  enum class Mode { silent, slow_only, everything };
  void wait(const std::stop_token& stop);

  Console& console_;
  Desk& desk_;
  Mode mode_ = Mode::silent;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string what_;
  std::string shown_;
  Clock::time_point next_;  ///< when to show it, if it is still going on
  std::chrono::seconds pause_{0};
  std::jthread waiter_;  ///< last, so that it ends before what it looks at
};

}  // namespace addon::cli
