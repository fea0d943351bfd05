#include "service/frames.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "bundle/limits.hpp"
#include "service/wire.hpp"

namespace addon::service {

template <class V, Is<bundle::Walked> T>
void wire(V& visitor, T& walked) {
  auto& [findings, refused, first, complete] = walked;
  wire_all(visitor, findings, refused, first, complete);
}

namespace {

enum class Frame : std::uint8_t { file = 1, stop, walked };

constexpr std::size_t kHeader = 16;
// A path and a number.
constexpr std::size_t kMaxFileFrame = 4096;

tl::unexpected<Error> no_frame() {
  return tl::unexpected(Error("what it handed back is no archive's files", ErrorKind::invalid));
}

Result<> send(host::File& output, Frame frame, const std::string& payload) {
  WireWriter header;
  header.number(static_cast<std::uint64_t>(frame));
  header.number(payload.size());
  const std::string bytes = header.bytes() + payload;
  return output.write(std::as_bytes(std::span(bytes)));
}

std::size_t most_of(std::uint64_t frame) {
  if (frame == static_cast<std::uint64_t>(Frame::walked)) return kMaxWireBytes;
  return frame == static_cast<std::uint64_t>(Frame::file) ? kMaxFileFrame : 0;
}

}  // namespace

Result<> FrameWriter::begin(const RelativePath& path, std::uint64_t size) {
  WireWriter file;
  file.text(path.str());
  file.number(size);
  return send(output_, Frame::file, file.bytes());
}

Result<> FrameWriter::stop() { return send(output_, Frame::stop, ""); }

Result<> FrameWriter::finish(const bundle::Walked& walked) {
  return send(output_, Frame::walked, to_wire(walked));
}

Result<> FrameReader::take(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (walked_) return no_frame();
    if (file_left_ > 0) {
      const auto some =
          bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), file_left_)));
      TRY(files_.give(some));
      file_left_ -= some.size();
      bytes = bytes.subspan(some.size());
      if (file_left_ == 0) TRY(files_.end());
      continue;
    }
    const std::size_t whole = kind_ == 0 ? kHeader : wanted_;
    const auto some = bytes.first(std::min(bytes.size(), whole - pending_.size()));
    pending_.append(reinterpret_cast<const char*>(some.data()), some.size());
    bytes = bytes.subspan(some.size());
    if (pending_.size() < whole) continue;
    if (kind_ == 0) TRY(take_header());
    if (kind_ != 0 && pending_.size() == wanted_) TRY(take_payload());
  }
  return {};
}

Result<> FrameReader::take_header() {
  WireReader header(pending_);
  kind_ = header.number(static_cast<std::uint64_t>(Frame::walked));
  const std::uint64_t size = header.number(most_of(kind_));
  TRY(header.finish());
  if (kind_ == 0) return no_frame();
  wanted_ = static_cast<std::size_t>(size);
  pending_.clear();
  return {};
}

Result<> FrameReader::take_payload() {
  const auto frame = static_cast<Frame>(std::exchange(kind_, 0));
  const std::string payload = std::exchange(pending_, {});
  if (frame == Frame::stop) return files_.stop();
  if (frame == Frame::walked) {
    walked_ = TRY(from_wire<bundle::Walked>(payload));
    // What was not read to its end has a reason.
    if (!walked_->complete && !has_errors(walked_->findings)) return no_frame();
    return {};
  }
  WireReader file(payload);
  const std::string path = file.text();
  file_left_ = file.number(bundle::kMaxFileBytes);
  TRY(file.finish());
  const auto parsed = RelativePath::parse(path);
  if (!parsed) return no_frame();
  TRY(files_.begin(*parsed, file_left_));
  return file_left_ == 0 ? files_.end() : Result<>();
}

Result<bundle::Walked> FrameReader::finish() {
  if (!walked_) return no_frame();
  return *std::move(walked_);
}

}  // namespace addon::service
