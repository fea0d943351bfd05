#include "linux/cage_entry.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "linux/cage.hpp"
#include "linux/cage_filter.hpp"
#include "linux/resolve.hpp"

namespace addon::linux {

namespace {

constexpr int kRefusal = 125;

bool cage_signals() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): this process has one thread
  return sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

// By way of numbers that are neither, since each may be where the other belongs.
bool keep_two(int input, int output) {
  const int from = fcntl(input, F_DUPFD, 3);
  const int to = fcntl(output, F_DUPFD, 3);
  if (from < 0 || to < 0) return false;
  if (dup2(from, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0) return false;
  return close_range(STDERR_FILENO, ~0U, 0) == 0;
}

bool limit(__rlimit_resource resource, rlim_t most) {
  const rlimit both{most, most};
  return setrlimit(resource, &both) == 0;
}

bool cage_limits(std::uint64_t memory) {
  return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NPROC, 0) &&
         limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_MSGQUEUE, 0) && (!kCageIsWhole || limit(RLIMIT_AS, memory));
}

bool drop_bounding_set() {
  for (unsigned long number = 0;; ++number) {
    if (prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0) continue;
    return errno == EINVAL && number > 0;  // behind the last one that the kernel has
  }
}

bool drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> nothing{};
  return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0 &&
         syscall(SYS_capset, &header, nothing.data()) == 0;
}

bool change_user(unsigned uid, unsigned gid) {
  if (uid == 0 || gid == 0) return false;
  // The system calls themselves: the C library's would tell other threads, which are not here.
  return syscall(SYS_setgroups, 0, nullptr) == 0 && syscall(SYS_setresgid, gid, gid, gid) == 0 &&
         syscall(SYS_setresuid, uid, uid, uid) == 0;
}

// Where there are no keyrings, or a filter keeps us from them, it keeps this process from them, too.
bool drop_keyring() {
  return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) >= 0 || errno == ENOSYS || errno == EPERM;
}

}  // namespace

bool enter_cage(const CageEntry& entry) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || setsid() < 0) return false;
  umask(077);
  if (!cage_signals() || chdir("/") != 0 || !keep_two(entry.input, entry.output)) return false;
  // As root, whose quota it counts to: a user may have only so many keyrings, and one lives on for a moment.
  if (!drop_keyring() || !drop_bounding_set()) return false;
  if (!change_user(entry.uid, entry.gid) || !drop_capabilities()) return false;
  // Both are forgotten when the user changes. A parent that is gone already was the one to ask for that.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return false;
  if (getppid() != entry.parent) return false;
  // Where memory runs out it would look for how many processors there are, to try elsewhere. mallopt(3)
  mallopt(M_ARENA_MAX, 1);  // NOLINT(concurrency-mt-unsafe): this process has one thread
  return cage_limits(entry.memory) && (!kCageIsWhole || filter_calls());
}

int cage_refusal() { return kRefusal; }

void kill_caged(pid_t process, unsigned uid) {
  if (kill(process, SIGKILL) == 0 || errno != EPERM) return;
  // Who has the process's user may end it, and CAP_SETUID is what there is.
  const pid_t helper = _Fork();
  if (helper == 0) {
    const bool is_user = syscall(SYS_setresuid, uid, uid, uid) == 0;
    _exit(is_user && kill(process, SIGKILL) == 0 ? 0 : 1);
  }
  if (helper > 0) retry([helper] { return waitpid(helper, nullptr, 0); });
}

}  // namespace addon::linux
