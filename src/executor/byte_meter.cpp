#include "executor/byte_meter.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/text.hpp"

namespace addon::executor {

bool Pace::is_due() {
  const std::chrono::microseconds now = clock_.monotonic();
  if (now < next_) return false;
  next_ = now + kInterval;
  return true;
}

ByteMeter::ByteMeter(Progress& progress, const host::Clock& clock, std::string what, std::uint64_t total)
    : progress_(progress), pace_(clock), what_(std::move(what)), total_(total) {}

void ByteMeter::add(std::uint64_t bytes) {
  done_ += bytes;
  if (!pace_.is_due()) return;
  progress_.doing(fmt::format("{}: {} of {}", what_, size_text(done_), size_text(total_)));
}

}  // namespace addon::executor
