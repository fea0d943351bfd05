#include "cli/progress.hpp"

#include <algorithm>

namespace addon::cli {

namespace {
constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::seconds kLongestPause{10};

std::string_view subject_of(std::string_view what) { return what.substr(0, what.find(": ")); }
}  // namespace

ProgressLines::ProgressLines(Console& console, Desk& desk) : console_(console), desk_(desk) {
  if (!console.is_text() || console.verbosity() == Verbosity::quiet) return;
  if (console.verbosity() == Verbosity::verbose) {
    mode_ = Mode::everything;
  } else if (console.errors_on_terminal() && desk.answers() == Answers::here) {
    // Where the caller is another process, whoever is between hears it anyway, and no thread is needed here.
    mode_ = Mode::slow_only;
  }
}

void ProgressLines::doing(std::string_view what) {
  desk_.doing(what);
  if (mode_ == Mode::everything && !what.empty()) return console_.progress(what);
  if (mode_ != Mode::slow_only) return;
  {
    const std::lock_guard lock(mutex_);
    if (subject_of(what) != subject_of(what_)) {
      shown_.clear();
      pause_ = kPatience;
      next_ = Clock::now() + pause_;
    }
    what_ = what;
  }
  // Most runs do nothing that is worth a thread.
  if (!waiter_.joinable()) waiter_ = std::jthread([this](const std::stop_token& stop) { wait(stop); });
  changed_.notify_one();
}

void ProgressLines::wait(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto has_news = [&] { return !what_.empty() && what_ != shown_; };
    if (!has_news()) {
      changed_.wait(lock, stop, has_news);
      continue;
    }
    // Another thing may begin meanwhile, and has its own time.
    const Clock::time_point until = next_;
    if (changed_.wait_until(lock, stop, until, [&] { return next_ != until; }) || stop.stop_requested())
      continue;
    shown_ = what_;
    pause_ = std::min(2 * pause_, kLongestPause);
    next_ = Clock::now() + pause_;
    console_.progress(shown_ + " ...");
  }
}

}  // namespace addon::cli
