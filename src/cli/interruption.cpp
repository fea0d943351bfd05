#include "cli/interruption.hpp"

namespace addon::cli {

namespace {
// A handler is given nothing but the signal's number, so what it sets can only be global.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not wait for a lock");

void note_signal(int /*number*/) { interrupted.store(true); }
}  // namespace

Interruption::Interruption(Waiting waiting) {
  interrupted.store(false);
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = waiting == Waiting::goes_on ? SA_RESTART : 0;
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &before_[i]);
}

Interruption::~Interruption() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

const std::atomic<bool>& Interruption::flag() const { return interrupted; }

}  // namespace addon::cli
