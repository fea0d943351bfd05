#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

/// What a worker tells the daemon, through a socket between the two.
namespace addon::service {

enum class ChannelKind : std::uint8_t {
  taken,     ///< all that the caller handed over has been taken over
  begun,     ///< nobody else may change the host any more: from now on it goes on without its caller, too
  progress,  ///< what it is doing
  out,       ///< bytes for the caller's standard output
  err,       ///< bytes for its standard error
  findings,  ///< for its standard error, one JSON array
  findings_as_results,  ///< for its standard output
  report                ///< the last one: the exit code in decimal, a line feed, and the report
};

struct ChannelFrame {
  ChannelKind kind = ChannelKind::taken;
  std::string bytes{};
};

/// No frame is larger: a worker that says more than that is not one of ours any more.
inline constexpr std::size_t kLargestChannelFrame = std::size_t{64} << 20;

/// The worker's end. May be used by several threads.
class ChannelWriter {
 public:
  explicit ChannelWriter(UniqueFd socket) : socket_(std::move(socket)) {}
  /// Waits until it is sent. False: nobody listens any more.
  bool send(ChannelKind kind, std::string_view bytes);
  int descriptor() const { return socket_.get(); }

 private:
  UniqueFd socket_;
  std::mutex mutex_;
};

/// The daemon's end; never waits.
class ChannelReader {
 public:
  /// Takes in what has arrived. False at the end, or where what arrived is no frame.
  bool receive(int socket);
  /// What arrived is no frame; there will be no further one.
  bool is_broken() const { return is_broken_; }
  /// The next whole frame, if there is one.
  std::optional<ChannelFrame> next();

 private:
  std::string buffer_;
  bool is_broken_ = false;
};

}  // namespace addon::service
