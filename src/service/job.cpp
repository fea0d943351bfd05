#include "service/job.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "service/worker.hpp"

namespace addon::service {

Result<> start_worker(Job& job) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return tl::unexpected(Error::from_errno(errno, "cannot make a socket for a worker"));
  UniqueFd ours(ends[0]);
  UniqueFd theirs(ends[1]);
  const pid_t worker = fork();
  if (worker < 0) return tl::unexpected(Error::from_errno(errno, "cannot start a worker"));
  if (worker == 0) work(std::move(job.call), std::move(theirs));
  job.worker = worker;
  job.socket = std::move(ours);
  // They are the worker's now.
  job.call.files.clear();
  job.call.plan_file.reset();
  return {};
}

std::string end_worker(Job& job) {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(job.worker, &status, 0);
  } while (ended < 0 && errno == EINTR);
  job.worker = 0;
  if (ended < 0) return "is gone";
  if (WIFSIGNALED(status)) return fmt::format("was killed by signal {}", WTERMSIG(status));
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

}  // namespace addon::service
