#include "bundle/packed_stream.hpp"

#include <fmt/format.h>

#include <utility>

#include "core/text.hpp"

namespace addon::bundle {

namespace {
constexpr std::size_t kUnpackedChunk = std::size_t{256} << 10;
// Programs and data shrink to a tenth or so. Of what is small whatever it unpacks to, nobody needs to ask.
constexpr std::uint64_t kHarmless = std::uint64_t{64} << 20;
constexpr std::uint64_t kLargestRatio = 200;
}  // namespace

PackedStream::PackedStream(ByteTap& tap, std::string source, Ratio ratio)
    : tap_(tap), source_(std::move(source)), ratio_(ratio), out_(kUnpackedChunk) {}

Result<> PackedStream::fill() {
  in_ = TRY(tap_.next());
  is_file_at_end_ = in_.empty();
  if (unpacker_ == nullptr) unpacker_ = TRY(make_unpacker(in_, source_));
  return {};
}

Result<> PackedStream::check_ratio() const {
  if (ratio_ == Ratio::any || unpacked_ <= kHarmless || unpacked_ / kLargestRatio <= tap_.taken()) return {};
  Finding finding = make_finding(rules::bundle_compression,
                                 fmt::format("{} of it unpack to {}: more than {} times as much",
                                             size_text(tap_.taken()), size_text(unpacked_), kLargestRatio),
                                 {source_, 0, 0});
  finding.fix = "leave out files that are mostly the same byte";
  return tl::unexpected(Error::of({std::move(finding)}));
}

Result<std::span<const std::byte>> PackedStream::next() {
  std::size_t made = 0;
  while (!at_end_ && made < out_.size()) {
    if (in_.empty() && !is_file_at_end_) TRY(fill());
    const Unpacker::Step step = TRY(unpacker_->unpack(in_, std::span(out_).subspan(made)));
    in_ = in_.subspan(step.used);
    made += step.made;
    at_end_ = step.at_end;
    if (is_file_at_end_ && !at_end_ && step.made == 0) {
      return tl::unexpected(damaged(source_, "it ends before its end"));
    }
  }
  unpacked_ += made;
  TRY(check_ratio());
  return std::span<const std::byte>(out_).first(made);
}

Result<> PackedStream::finish() {
  std::uint64_t behind = in_.size();
  while (!is_file_at_end_) {
    in_ = TRY(tap_.next());
    is_file_at_end_ = in_.empty();
    behind += in_.size();
  }
  if (behind == 0) return {};
  Finding finding =
      make_finding(rules::bundle_trailing_data,
                   fmt::format("{} bytes stand behind the end of the archive", behind), {source_, 0, 0});
  finding.fix = "build it again, in one piece: addonctl bundle build";
  return tl::unexpected(Error::of({std::move(finding)}));
}

}  // namespace addon::bundle
