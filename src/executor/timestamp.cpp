#include "executor/timestamp.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace addon::executor {

std::string timestamp(const host::Clock& clock) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(clock.now())));
}

}  // namespace addon::executor
