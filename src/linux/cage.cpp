#include "linux/cage.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "core/unique_fd.hpp"
#include "linux/cage_entry.hpp"
#include "linux/resolve.hpp"

namespace addon::linux {

namespace {

using CageClock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr std::size_t kCageChunk = std::size_t{1} << 20;

tl::unexpected<Error> no_file() {
  return tl::unexpected(Error("it is a pipe, which is only read or written"));
}

/// One of the two descriptors of a caged process.
class CageFile final : public host::File {
 public:
  explicit CageFile(int descriptor) : descriptor_(descriptor) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const ssize_t got = retry([&] { return ::read(descriptor_, buffer.data(), buffer.size()); });
    if (got < 0) return tl::unexpected(Error::from_errno(errno, "cannot read from the pipe"));
    return static_cast<std::size_t>(got);
  }
  Result<> write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = retry([&] { return ::write(descriptor_, bytes.data(), bytes.size()); });
      if (count < 0) return tl::unexpected(Error::from_errno(errno, "cannot write to the pipe"));
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
  }
  Result<host::FileState> state() const override { return no_file(); }
  Result<host::FileCapabilities> capabilities() const override { return no_file(); }
  Result<std::vector<std::string>> attributes() const override { return no_file(); }
  Result<> set_owner(unsigned, unsigned) override { return no_file(); }
  Result<> set_mode(unsigned) override { return no_file(); }
  Result<> set_capabilities(const host::FileCapabilities&) override { return no_file(); }
  Result<> truncate(std::uint64_t) override { return no_file(); }
  Result<> sync() override { return no_file(); }

 private:
  int descriptor_;
};

struct CagePipe {
  UniqueFd read;
  UniqueFd write;
};

Result<CagePipe> make_cage_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return tl::unexpected(Error::from_errno(errno, "cannot make a pipe"));
  // Fewer turns of both sides. Where there may be no such large one, this one does.
  static_cast<void>(fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(kCageChunk)));
  return CagePipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// No exception may leave it: what would catch it is the copy of somebody else.
[[noreturn]] void live_in_cage(const CageEntry& entry, const Caged& work) noexcept {
  if (!enter_cage(entry)) _exit(cage_refusal());
  CageFile input(STDIN_FILENO);
  CageFile output(STDOUT_FILENO);
  _exit(work(input, output));
}

std::string signal_text(int signal) {
  switch (signal) {
    case SIGSYS:
      return "was killed by signal 31, for a system call that it may not make";
    case SIGABRT:
      return "was killed by signal 6: it gave up, or had no more memory";
    default:
      return fmt::format("was killed by signal {}", signal);
  }
}

/// A caged process while it lives.
class Cage {
 public:
  Cage(pid_t process, const CageTerms& terms, UniqueFd to, UniqueFd from)
      : process_(process), terms_(terms), to_(std::move(to)), from_(std::move(from)), buffer_(kCageChunk) {}
  Cage(const Cage&) = delete;
  Cage& operator=(const Cage&) = delete;
  ~Cage() {
    if (process_ > 0) static_cast<void>(end());
  }

  /// Until its output ends, and then until itself does.
  Result<CageEnd> hear(CageTalk& talk) {
    for (is_open_ = true; is_open_;) {
      std::array<pollfd, 2> sources = {{{from_.get(), POLLIN, 0}, {to_ ? to_.get() : -1, POLLOUT, 0}}};
      if (!TRY(wait(sources))) return silent();
      if (sources[0].revents != 0) TRY(take(talk));
      if (sources[1].revents != 0) TRY(give(talk));
    }
    to_.reset();
    return TRY(has_ended()) ? ended() : silent();
  }

 private:
  /// False when the time is over.
  Result<bool> wait(std::span<pollfd> sources) {
    constexpr Milliseconds look_up{200};
    for (;;) {
      if (terms_.interrupted != nullptr && terms_.interrupted->load())
        return tl::unexpected(Error("interrupted"));
      const auto now = CageClock::now();
      const auto left = std::min(std::chrono::ceil<Milliseconds>(last_ + terms_.idle - now),
                                 std::chrono::ceil<Milliseconds>(begun_ + terms_.whole - now));
      if (left <= Milliseconds::zero()) return false;
      const int ready =
          poll(sources.data(), sources.size(), static_cast<int>(std::min(left, look_up).count()));
      if (ready < 0 && errno != EINTR)
        return tl::unexpected(Error::from_errno(errno, "cannot wait for a process"));
      if (ready > 0) return true;
    }
  }

  Result<> take(CageTalk& talk) {
    const ssize_t got = retry([&] { return read(from_.get(), buffer_.data(), buffer_.size()); });
    if (got < 0) return tl::unexpected(Error::from_errno(errno, "cannot read from a process"));
    is_open_ = got > 0;
    last_ = CageClock::now();
    return got == 0 ? Result<>() : talk.take(std::span(buffer_).first(static_cast<std::size_t>(got)));
  }

  Result<> give(CageTalk& talk) {
    if (left_.empty()) left_ = TRY(talk.give());
    const ssize_t count =
        left_.empty() ? 0 : retry([&] { return write(to_.get(), left_.data(), left_.size()); });
    // What it does not want to hear it need not: what it makes of it is looked at in any case.
    if (left_.empty() || (count < 0 && errno == EPIPE)) to_.reset();
    if (count < 0 && errno != EPIPE && errno != EAGAIN)
      return tl::unexpected(Error::from_errno(errno, "cannot write to a process"));
    if (count <= 0) return {};
    left_ = left_.subspan(static_cast<std::size_t>(count));
    last_ = CageClock::now();
    return {};
  }

  Result<bool> has_ended() {
    const UniqueFd self(static_cast<int>(syscall(SYS_pidfd_open, process_, 0)));
    if (!self) return tl::unexpected(Error::from_errno(errno, "cannot wait for a process"));
    std::array<pollfd, 1> sources = {{{self.get(), POLLIN, 0}}};
    return wait(sources);
  }

  CageEnd silent() {
    static_cast<void>(end());
    return {"did not end in time"};
  }

  int end() {
    kill_caged(process_, terms_.uid);
    return reap();
  }

  int reap() {
    int status = 0;
    retry([&] { return waitpid(process_, &status, 0); });
    process_ = 0;
    return status;
  }

  CageEnd ended() {
    const int status = reap();
    if (WIFSIGNALED(status)) return {signal_text(WTERMSIG(status))};
    if (WEXITSTATUS(status) == cage_refusal()) return {"could not give up its privileges, and did not begin"};
    if (WEXITSTATUS(status) != 0) return {fmt::format("ended with status {}", WEXITSTATUS(status))};
    return {};
  }

  pid_t process_;
  const CageTerms& terms_;
  UniqueFd to_;
  UniqueFd from_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> left_;
  bool is_open_ = true;
  CageClock::time_point begun_ = CageClock::now();
  CageClock::time_point last_ = begun_;
};

}  // namespace

Result<CageEnd> run_caged(const CageTerms& terms, const Caged& work, CageTalk& talk) {
  CagePipe input = TRY(make_cage_pipe());
  CagePipe output = TRY(make_cage_pipe());
  if (fcntl(input.write.get(), F_SETFL, O_NONBLOCK) != 0)
    return tl::unexpected(Error::from_errno(errno, "cannot make a pipe"));
  const CageEntry entry{terms.uid, terms.gid, terms.memory, getpid(), input.read.get(), output.write.get()};
  // fork(3), not the bare system call: the C library makes its memory fit for use in the new process.
  const pid_t process = fork();
  if (process == 0) live_in_cage(entry, work);
  if (process < 0)
    return tl::unexpected(Error::from_errno(errno, "cannot start a process without privileges"));
  input.read.reset();
  output.write.reset();
  return Cage(process, terms, std::move(input.write), std::move(output.read)).hear(talk);
}

}  // namespace addon::linux
