#pragma once

#include <cstddef>
#include <functional>
#include <future>
#include <span>

namespace addon {
inline namespace core {

/// Has another thread work on one chunk of bytes while its owner gets the next: each in its turn, one at a
/// time. Small chunks are worked on at once, since starting a thread would take longer.
class Beside {
 public:
  using Work = std::function<void(std::span<const std::byte>)>;
  explicit Beside(Work work) : work_(std::move(work)) {}

  /// Waits for the chunk before. A chunk must stay as it is until the next call of give() or wait() returns.
  void give(std::span<const std::byte> bytes);
  /// Until everything that was given is done.
  void wait();

 private:
  Work work_;
  std::future<void> pending_;  // after what it works with: its destructor waits
};

}  // namespace core
}  // namespace addon
