#include "service/worker_channel.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace addon::service {

namespace {

struct Header {
  std::uint32_t size = 0;
  ChannelKind kind = ChannelKind::taken;
};
constexpr std::size_t kHeader = sizeof(Header::size) + sizeof(Header::kind);

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

bool ChannelWriter::send(ChannelKind kind, std::string_view bytes) {
  if (bytes.size() > kLargestChannelFrame) return false;
  std::array<char, kHeader> header{};
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(header.data(), &size, sizeof size);
  std::memcpy(header.data() + sizeof size, &kind, sizeof kind);
  const std::lock_guard lock(mutex_);
  return send_all(socket_.get(), {header.data(), header.size()}) && send_all(socket_.get(), bytes);
}

bool ChannelReader::receive(int socket) {
  std::array<char, 65536> block{};
  const ssize_t got = recv(socket, block.data(), block.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  buffer_.append(block.data(), static_cast<std::size_t>(got));
  return !is_broken_;
}

std::optional<ChannelFrame> ChannelReader::next() {
  if (is_broken_ || buffer_.size() < kHeader) return std::nullopt;
  std::uint32_t size = 0;
  std::uint8_t kind = 0;
  std::memcpy(&size, buffer_.data(), sizeof size);
  std::memcpy(&kind, buffer_.data() + sizeof size, sizeof kind);
  if (size > kLargestChannelFrame || kind > static_cast<std::uint8_t>(ChannelKind::report)) {
    is_broken_ = true;
    return std::nullopt;
  }
  if (buffer_.size() - kHeader < size) return std::nullopt;
  ChannelFrame frame{static_cast<ChannelKind>(kind), buffer_.substr(kHeader, size)};
  buffer_.erase(0, kHeader + size);
  return frame;
}

}  // namespace addon::service
