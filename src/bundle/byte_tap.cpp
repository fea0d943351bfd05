#include "bundle/byte_tap.hpp"

#include <fmt/format.h>

#include <utility>

#include "bundle/survey.hpp"

namespace addon::bundle {

namespace {
// Each is hashed by a thread of its own.
constexpr std::size_t kRead = std::size_t{1} << 20;
}  // namespace

ByteTap::ByteTap(host::File& file, std::string source, const std::atomic<bool>* interrupted, Hashing hashing)
    : file_(file),
      source_(std::move(source)),
      interrupted_(interrupted),
      hashing_(hashing),
      beside_([this](std::span<const std::byte> bytes) {
        sha256_.update(bytes);
        blake2b_.update(bytes);
      }) {
  for (std::vector<std::byte>& buffer : buffers_) buffer.resize(kRead);
}

Result<std::span<const std::byte>> ByteTap::next() {
  if (interrupted_ != nullptr && interrupted_->load()) return tl::unexpected(Error("interrupted"));
  // The other buffer is being hashed.
  turn_ = 1 - turn_;
  const auto count = file_.read(buffers_[turn_]);
  if (!count) {
    Finding finding =
        make_finding(unreadable(count.error()),
                     fmt::format("cannot read the archive: {}", count.error().message()), {source_, 0, 0});
    finding.fix = how_to_read(count.error());
    return tl::unexpected(Error::of({std::move(finding)}));
  }
  const auto bytes = std::span<const std::byte>(buffers_[turn_]).first(*count);
  if (!bytes.empty() && hashing_ == Hashing::here) beside_.give(bytes);
  taken_ += bytes.size();
  return bytes;
}

ArchiveDigests ByteTap::finish() {
  beside_.wait();
  return {sha256_.finish(), blake2b_.finish(), taken_};
}

}  // namespace addon::bundle
