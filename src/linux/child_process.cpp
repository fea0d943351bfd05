#include "linux/child_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace addon::linux {

namespace {

void report(int descriptor, ChildReport what) {
  // Shorter than PIPE_BUF: all of it or nothing. Whoever does not hear it sees the pipe's end.
  static_cast<void>(!write(descriptor, &what, sizeof what));
}

bool reset_signals_to_default() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  // What cannot be changed (SIGKILL, the C library's own) need not be.
  for (int signal = 1; signal < NSIG; ++signal) sigaction(signal, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): this process has one thread
  return sigprocmask(SIG_SETMASK, &none, nullptr) == 0;
}

bool place(int from, int to) { return from == to ? fcntl(to, F_SETFD, 0) == 0 : dup2(from, to) == to; }

// no_new_privs alone keeps it from gaining anything. The bounding set stays as it is: without the
// capabilities of a file's effective set execve(2) would fail, whether or not the program were to get them.
// capabilities(7)
bool become(const host::Account& account) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (geteuid() != 0) return getuid() == account.uid && getgid() == account.gid;
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return false;
  // The system calls themselves: the C library's would tell other threads, and wait for them.
  if (syscall(SYS_setgroups, 0, nullptr) != 0) return false;
  if (syscall(SYS_setresgid, account.gid, account.gid, account.gid) != 0) return false;
  if (syscall(SYS_setresuid, account.uid, account.uid, account.uid) != 0) return false;
  // Whoever holds root's session keyring may read what is in it. Where there are no keyrings, or a filter of
  // system calls keeps us from them, it keeps the program from them, too. keyrings(7)
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0 && errno != ENOSYS && errno != EPERM)
    return false;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, 2> nothing{};
  return syscall(SYS_capset, &header, nothing.data()) == 0;
}

[[noreturn]] void fail(const ChildProcess& child) {
  report(child.report, {ChildReport::What::not_started, errno == 0 ? EPERM : errno});
  _exit(127);
}

[[noreturn]] void run_program(const ChildProcess& child) {
  constexpr rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  umask(022);
  errno = 0;
  if (!reset_signals_to_default() || chdir("/") != 0) fail(child);
  if (!place(child.input, STDIN_FILENO) || !place(child.output, STDOUT_FILENO) ||
      !place(child.errors, STDERR_FILENO)) {
    fail(child);
  }
  // Closed by execve(2), and not before, so that a failure can be told.
  if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0) fail(child);
  errno = 0;
  if (child.as && !become(*child.as)) fail(child);
  execve(child.words[0], child.words, child.environment);
  fail(child);
}

}  // namespace

void supervise(const ChildProcess& child) {
  // Without us nobody would end it. A parent that is gone already was the one to ask for that.
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  setsid();
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &action, nullptr);
  const pid_t program = _Fork();
  if (program == 0) run_program(child);
  if (program < 0) fail(child);
  close(child.output);
  close(child.errors);
  // As the first process of its namespace it is handed every orphan, too.
  for (;;) {
    int status = 0;
    const pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) fail(child);
    if (ended != program) continue;
    report(child.report, {ChildReport::What::ended, status});
    _exit(0);
  }
}

}  // namespace addon::linux
