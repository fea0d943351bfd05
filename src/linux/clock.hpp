#pragma once

#include "host/clock.hpp"

namespace addon::linux {

/// The running system's clocks. clock_gettime(2), clock_nanosleep(2).
class SystemClock final : public host::Clock {
 public:
  std::chrono::system_clock::time_point now() const override;
  std::chrono::microseconds monotonic() const override;
  void sleep(std::chrono::milliseconds duration) override;
};

}  // namespace addon::linux
