#pragma once

#include <chrono>

namespace addon::host {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::chrono::system_clock::time_point now() const = 0;
  /// CLOCK_MONOTONIC, the clock of systemd's timestamps.
  virtual std::chrono::microseconds monotonic() const = 0;
  virtual void sleep(std::chrono::milliseconds duration) = 0;
};

}  // namespace addon::host
