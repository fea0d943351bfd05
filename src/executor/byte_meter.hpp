#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "executor/ports.hpp"

namespace addon::executor {

/// Lets somebody who waits be told something new, at most once a second and not in the first one.
class Pace {
 public:
  explicit Pace(const host::Clock& clock) : clock_(clock), next_(clock.monotonic() + kInterval) {}
  bool is_due();

 private:
  static constexpr std::chrono::seconds kInterval{1};

  const host::Clock& clock_;
  std::chrono::microseconds next_;
};

/// Says how far something of a known size is: "staging probe 1.0.0: 120.0 MiB of 2.0 GiB". Costs a look at
/// the clock for each chunk.
class ByteMeter {
 public:
  /// `what` is what it was told before. Precondition: both ports outlive it.
  ByteMeter(Progress& progress, const host::Clock& clock, std::string what, std::uint64_t total);
  void add(std::uint64_t bytes);

 private:
  Progress& progress_;
  Pace pace_;
  std::string what_;
  std::uint64_t total_;
  std::uint64_t done_ = 0;
};

}  // namespace addon::executor
