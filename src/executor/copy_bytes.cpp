#include "executor/copy_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <future>
#include <span>
#include <vector>

namespace addon::executor {

namespace {

// Worth a thread: hashing so much takes many times as long as starting one.
constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::size_t kSmall = std::size_t{64} << 10;

/// Hashes one chunk while the next is read and written. A chunk must stay as it is until the next one is
/// given.
class HashBeside {
 public:
  void update(std::span<const std::byte> bytes) {
    wait();
    if (bytes.size() <= kSmall) return hash_.update(bytes);
    // Where there are no more threads, this is done when it is waited for.
    pending_ = std::async([this, bytes] { hash_.update(bytes); });
  }

  Digest finish() {
    wait();
    return hash_.finish();
  }

 private:
  void wait() {
    if (pending_.valid()) pending_.get();
  }

  Sha256 hash_;
  std::future<void> pending_;  // after what it works on: its destructor waits
};

}  // namespace

Result<Digest> copy_bytes(host::File& source, host::File& target, std::uint64_t expected) {
  // One byte more than there should be, to see that there is no more.
  const std::size_t size = std::min<std::uint64_t>(kChunk, expected + 1);
  std::array<std::vector<std::byte>, 2> buffers = {std::vector<std::byte>(size), {}};
  HashBeside hash;
  std::uint64_t total = 0;
  for (std::size_t turn = 0;; turn = 1 - turn) {
    std::vector<std::byte>& buffer = buffers[turn];
    buffer.resize(size);
    const std::size_t count = TRY(source.read(buffer));
    if (count == 0) return hash.finish();
    total += count;
    if (total > expected) {
      return tl::unexpected(
          Error("the bundle's file grew after the plan was made; plan again", ErrorKind::stale));
    }
    const auto bytes = std::span<const std::byte>(buffer).first(count);
    hash.update(bytes);
    TRY(target.write(bytes));
  }
}

}  // namespace addon::executor
