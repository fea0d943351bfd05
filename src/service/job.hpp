#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/unique_fd.hpp"
#include "service/authority.hpp"
#include "service/call.hpp"
#include "service/caller.hpp"
#include "service/handles.hpp"
#include "service/worker_channel.hpp"

namespace addon::service {

class Daemon;

/// One call, from its arrival to its answer.
struct Job {
  enum class State { asking, waiting, running };

  Daemon* daemon = nullptr;
  Message message;
  Call call;
  Sender sender;
  State state = State::asking;
  std::unique_ptr<Authority::Question> question{};  ///< while asking
  Track track{};                                    ///< of the caller's connection
  bool is_abandoned = false;                        ///< the caller is gone

  pid_t worker = 0;  ///< while running
  UniqueFd socket{};
  ChannelReader frames{};
  EventSource on_socket{};
  EventSource on_timeout{};
  bool has_begun = false;
  std::string progress{};
  std::optional<std::string> report{};
};

/// Forks the job's worker. On success the job has its process and the end of its socket.
Result<> start_worker(Job& job);

/// Waits for the worker, which has closed its socket; how it ended, in words: "exited with status 1".
std::string end_worker(Job& job);

}  // namespace addon::service
