#include "core/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace addon {
inline namespace core {

void for_each_in_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto take_turns = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  const std::size_t processors = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  std::vector<std::jthread> helpers;
  try {
    for (std::size_t i = 1; i < std::min(processors, count); ++i) helpers.emplace_back(take_turns);
  } catch (const std::system_error&) {
    // Where no more threads may be had, those that there are do all of it.
  }
  take_turns();
}

}  // namespace core
}  // namespace addon
