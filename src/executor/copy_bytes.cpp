#include "executor/copy_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "core/beside.hpp"

namespace addon::executor {

namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;
}  // namespace

Result<Digest> copy_bytes(host::File& source, host::File& target, std::uint64_t expected, ByteMeter* meter) {
  // One byte more than there should be, to see that there is no more.
  const std::size_t size = std::min<std::uint64_t>(kChunk, expected + 1);
  std::array<std::vector<std::byte>, 2> buffers = {std::vector<std::byte>(size), {}};
  Sha256 hash;
  Beside beside([&hash](std::span<const std::byte> bytes) { hash.update(bytes); });
  std::uint64_t total = 0;
  for (std::size_t turn = 0;; turn = 1 - turn) {
    std::vector<std::byte>& buffer = buffers[turn];
    buffer.resize(size);
    const std::size_t count = TRY(source.read(buffer));
    if (count == 0) break;
    total += count;
    if (total > expected) {
      return tl::unexpected(
          Error("the bundle's file grew after the plan was made; plan again", ErrorKind::stale));
    }
    const auto bytes = std::span<const std::byte>(buffer).first(count);
    beside.give(bytes);
    TRY(target.write(bytes));
    if (meter != nullptr) meter->add(count);
  }
  beside.wait();
  return hash.finish();
}

}  // namespace addon::executor
