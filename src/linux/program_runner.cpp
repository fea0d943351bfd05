#include "linux/program_runner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <optional>
#include <utility>

#include "core/unique_fd.hpp"
#include "linux/child_process.hpp"
#include "linux/resolve.hpp"

namespace addon::linux {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return tl::unexpected(Error::from_errno(errno, "cannot make a pipe"));
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
  if (fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0) {
    return tl::unexpected(Error::from_errno(errno, "cannot make a pipe"));
  }
  return pipe;
}

/// A stream of the program, of which the beginning is kept.
struct Stream {
  UniqueFd from;
  std::string kept{};
  std::size_t limit = 0;
  bool at_end = false;

  // Reads what is there.
  void drain() {
    std::array<char, 16384> buffer{};
    while (!at_end) {
      const ssize_t got = retry([&] { return read(from.get(), buffer.data(), buffer.size()); });
      if (got < 0) return;
      if (got == 0) at_end = true;
      const auto room = std::min(static_cast<std::size_t>(got), limit - std::min(limit, kept.size()));
      kept.append(buffer.data(), room);
    }
  }
};

// As fork(2), but into a PID namespace of its own where that is allowed: then whatever the program
// starts ends with the supervisor, however it detached itself.
pid_t fork_supervisor() {
  const auto clone = [](unsigned long flags) {
    return static_cast<pid_t>(syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
  };
  const pid_t process = clone(CLONE_NEWPID | SIGCHLD);
  const bool is_refused = process < 0 && (errno == EPERM || errno == EINVAL || errno == ENOSPC);
  return is_refused ? clone(SIGCHLD) : process;
}

class Supervised {
 public:
  Supervised(pid_t supervisor, Pipe output, Pipe errors, Pipe report, std::size_t limit)
      : supervisor_(supervisor),
        output_{std::move(output.read), {}, limit},
        errors_{std::move(errors.read), {}, limit},
        report_(std::move(report.read)) {}
  Supervised(const Supervised&) = delete;
  Supervised& operator=(const Supervised&) = delete;
  Supervised(Supervised&&) = delete;
  Supervised& operator=(Supervised&&) = delete;
  ~Supervised() { end(); }

  Result<host::ProgramEnd> wait(const host::ProgramCall& call) {
    const auto report = TRY(hear(Clock::now() + call.timeout));
    end();
    output_.drain();
    errors_.drain();
    host::ProgramEnd ended{.output = std::move(output_.kept), .errors = std::move(errors_.kept)};
    if (!report) {
      ended.how = host::ProgramEnd::How::timed_out;
      return ended;
    }
    if (report->what == ChildReport::What::not_started) {
      return tl::unexpected(
          Error::from_errno(report->value, fmt::format("cannot run {}", call.words.front())));
    }
    const int status = report->value;
    ended.how = WIFSIGNALED(status) ? host::ProgramEnd::How::killed : host::ProgramEnd::How::exited;
    ended.status = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    return ended;
  }

 private:
  // nullopt when the time is over.
  Result<std::optional<ChildReport>> hear(Clock::time_point deadline) {
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
      if (left <= milliseconds::zero()) return std::nullopt;
      std::array<pollfd, 3> sources = {{{report_.get(), POLLIN, 0},
                                        {output_.at_end ? -1 : output_.from.get(), POLLIN, 0},
                                        {errors_.at_end ? -1 : errors_.from.get(), POLLIN, 0}}};
      constexpr milliseconds longest{60000};
      const int ready =
          poll(sources.data(), sources.size(), static_cast<int>(std::min(left, longest).count()));
      if (ready < 0 && errno != EINTR)
        return tl::unexpected(Error::from_errno(errno, "cannot wait for a program"));
      output_.drain();
      errors_.drain();
      if (ready <= 0 || sources[0].revents == 0) continue;
      ChildReport report{};
      const ssize_t got = retry([&] { return read(report_.get(), &report, sizeof report); });
      if (got == sizeof report) return report;
      return tl::unexpected(Error("a program's supervisor was killed"));
    }
  }

  // The session's first process group; in a PID namespace the supervisor takes the rest with it.
  void end() {
    if (supervisor_ <= 0) return;
    kill(-supervisor_, SIGKILL);
    kill(supervisor_, SIGKILL);
    retry([this] { return waitpid(supervisor_, nullptr, 0); });
    supervisor_ = 0;
  }

  pid_t supervisor_;
  Stream output_;
  Stream errors_;
  UniqueFd report_;
};

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

Result<host::ProgramEnd> ProcessRunner::run(const host::ProgramCall& call) {
  assert(!call.words.empty() && call.words.front().starts_with('/'));
  Pipe output = TRY(make_pipe());
  Pipe errors = TRY(make_pipe());
  Pipe report = TRY(make_pipe());
  const UniqueFd input(retry([] { return open("/dev/null", O_RDONLY | O_CLOEXEC); }));
  if (!input) return tl::unexpected(open_error("open", "/dev/null", errno));
  std::vector<std::string> words = call.words;
  std::vector<std::string> environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"};
  const std::vector<char*> word_pointers = pointers_to(words);
  const std::vector<char*> environment_pointers = pointers_to(environment);
  const ChildProcess child{word_pointers.data(), environment_pointers.data(), call.as,           input.get(),
                           output.write.get(),   errors.write.get(),          report.write.get()};
  const pid_t supervisor = fork_supervisor();
  if (supervisor == 0) supervise(child);
  if (supervisor < 0) {
    return tl::unexpected(Error::from_errno(errno, fmt::format("cannot run {}", call.words.front())));
  }
  for (Pipe* pipe : {&output, &errors, &report}) pipe->write.reset();
  return Supervised(supervisor, std::move(output), std::move(errors), std::move(report), call.output_limit)
      .wait(call);
}

}  // namespace addon::linux
