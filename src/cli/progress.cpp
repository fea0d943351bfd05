#include "cli/progress.hpp"

#include <chrono>

namespace addon::cli {

namespace {
constexpr std::chrono::seconds kPatience{1};
}

ProgressLines::ProgressLines(Console& console) : console_(console) {
  if (!console.is_text() || console.verbosity() == Verbosity::quiet) return;
  if (console.verbosity() == Verbosity::verbose) {
    mode_ = Mode::everything;
  } else if (console.errors_on_terminal()) {
    mode_ = Mode::slow_only;
  }
}

void ProgressLines::doing(std::string_view what) {
  if (mode_ == Mode::everything) return console_.progress(what);
  if (mode_ == Mode::silent) return;
  {
    const std::lock_guard lock(mutex_);
    what_ = what;
    ++count_;
  }
  // Most runs do nothing that is worth a thread.
  if (!waiter_.joinable()) waiter_ = std::jthread([this](const std::stop_token& stop) { wait(stop); });
  changed_.notify_one();
}

void ProgressLines::wait(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  unsigned shown = 0;
  while (!stop.stop_requested()) {
    const unsigned current = count_;
    const bool moved_on = changed_.wait_for(lock, stop, kPatience, [&] { return count_ != current; });
    if (moved_on || stop.stop_requested() || shown == current) continue;
    shown = current;
    console_.progress(what_ + " ...");
  }
}

}  // namespace addon::cli
