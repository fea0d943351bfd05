#include "linux/process.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>

#include "linux/resolve.hpp"

namespace addon::linux {

namespace {
constexpr rlim_t least_open_files = 4096;

Result<> reset_environment() {
  constexpr std::array kept = {"TERM", "NO_COLOR", "COLUMNS"};
  std::array<std::optional<std::string>, kept.size()> values;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is no other thread yet
    if (const char* value = getenv(kept[i]); value != nullptr) values[i] = value;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  bool ok = clearenv() == 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    if (values[i]) ok = setenv(kept[i], values[i]->c_str(), 1) == 0 && ok;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  ok = setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1) == 0 && ok;
  if (!ok) return tl::unexpected(Error::from_errno(ENOMEM, "cannot reset the environment"));
  return {};
}

Result<> reset_descriptors() {
  if (close_range(3, ~0U, 0) != 0) {
    return tl::unexpected(Error::from_errno(errno, "cannot close inherited descriptors"));
  }
  // Otherwise the next file that is opened becomes somebody's standard output.
  for (;;) {
    const int fd = retry([] { return open("/dev/null", O_RDWR); });
    if (fd < 0) return tl::unexpected(open_error("open", "/dev/null", errno));
    if (fd > STDERR_FILENO) {
      close(fd);
      return {};
    }
  }
}

/// Raises a limit to at least this, or as far as the hard limit lets a process that lacks
/// CAP_SYS_RESOURCE. Best effort: what hits a limit that stays is an error of that call.
void raise(__rlimit_resource resource, rlim_t least) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur >= least) return;
  const rlim_t hard = limit.rlim_max;
  limit = {least, std::max(least, hard)};
  if (setrlimit(resource, &limit) == 0) return;
  limit = {std::min(least, hard), hard};
  setrlimit(resource, &limit);
}

void reset_limits() {
  constexpr rlimit nothing = {0, 0};
  setrlimit(RLIMIT_CORE, &nothing);
  if (!runs_as_root()) return;
  for (const auto resource : {RLIMIT_FSIZE, RLIMIT_AS, RLIMIT_DATA, RLIMIT_CPU})
    raise(resource, RLIM_INFINITY);
  raise(RLIMIT_NOFILE, least_open_files);
}
}  // namespace

bool runs_as_root() { return geteuid() == 0; }

void reset_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
  action.sa_handler = SIG_DFL;  // ignored, it would hide how a child ended from waitpid(2)
  sigaction(SIGCHLD, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is no other thread yet
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // Interval timers outlive execve(2), and their signals kill.
  constexpr itimerval stopped{};
  for (const auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF}) setitimer(timer, &stopped, nullptr);
}

Result<> close_all_but(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  auto next = static_cast<unsigned>(STDERR_FILENO) + 1;
  const auto close_to = [&](unsigned end) -> bool {
    const unsigned begin = std::exchange(next, end + 1);
    return begin >= end || close_range(begin, end - 1, 0) == 0;
  };
  bool ok = true;
  for (const int descriptor : kept) {
    if (static_cast<unsigned>(descriptor) >= next) ok = close_to(static_cast<unsigned>(descriptor)) && ok;
  }
  if (ok && close_range(next, ~0U, 0) == 0) return {};
  return tl::unexpected(Error::from_errno(errno, "cannot close descriptors"));
}

Result<> harden_process() {
  reset_signals();
  TRY(reset_environment());
  umask(022);
  TRY(reset_descriptors());
  reset_limits();
  return {};
}

}  // namespace addon::linux
