#include "core/parallel.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <vector>

using addon::for_each_in_parallel;

TEST_CASE("each is done once, whatever the number") {
  const std::size_t count = GENERATE(0U, 1U, 2U, 1000U);
  std::vector<std::atomic<int>> done(count);
  for_each_in_parallel(count, [&](std::size_t i) { ++done[i]; });
  for (const auto& times : done) CHECK(times == 1);
}
