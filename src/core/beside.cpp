#include "core/beside.hpp"

namespace addon {
inline namespace core {

namespace {
constexpr std::size_t kSmall = std::size_t{64} << 10;
}  // namespace

void Beside::give(std::span<const std::byte> bytes) {
  wait();
  if (bytes.size() <= kSmall) return work_(bytes);
  // Where there are no more threads, this is done when it is waited for.
  pending_ = std::async([this, bytes] { work_(bytes); });
}

void Beside::wait() {
  if (pending_.valid()) pending_.get();
}

}  // namespace core
}  // namespace addon
