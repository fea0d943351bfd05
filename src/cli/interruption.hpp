#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>

namespace addon::cli {

/// While one exists, the signals by which people and shutdowns end a program ask for the run to be
/// undone instead: a transaction is never cut in half. At most one exists at a time.
class Interruption {
 public:
  /// What becomes of a call that waits when the signal comes: it goes on, or fails with EINTR.
  enum class Waiting { goes_on, ends };
  explicit Interruption(Waiting waiting = Waiting::goes_on);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  /// Becomes true at the first such signal.
  const std::atomic<bool>& flag() const;

 private:
  static constexpr std::array<int, 4> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
  std::array<struct sigaction, kSignals.size()> before_{};
};

}  // namespace addon::cli
