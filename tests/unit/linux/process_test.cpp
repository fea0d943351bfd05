#include "linux/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdlib>
#include <set>

#include "unit/linux/scratch.hpp"

extern char** environ;

namespace addon::linux {
using namespace test;

namespace {
std::set<std::string> environment() {
  std::set<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) entries.insert(*entry);
  return entries;
}

bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }
}  // namespace

TEST_CASE("a hardened process has nothing of its caller's environment but the terminal's") {
  const int exit = in_child([] {
    for (const char* name : {"LD_PRELOAD", "TMPDIR", "LC_ALL", "DBUS_SYSTEM_BUS_ADDRESS", "NOTIFY_SOCKET"}) {
      setenv(name, "hostile", 1);
    }
    setenv("PATH", "/tmp/hostile", 1);
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    setenv("COLUMNS", "80", 1);
    if (!harden_process()) return 1;
    const std::set<std::string> expected = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", "NO_COLOR=1",
                                            "COLUMNS=80"};
    return environment() == expected ? 0 : 2;
  });
  CHECK(exit == 0);
}

TEST_CASE("a hardened process inherits no descriptor and has its standard three") {
  const int exit = in_child([] {
    if (dup2(1, 200) != 200) return 1;
    close(0);
    close(2);
    if (!harden_process()) return 2;
    if (is_open(200)) return 3;
    if (!is_open(0) || !is_open(1) || !is_open(2)) return 4;
    struct stat standard {};
    struct stat null {};
    if (fstat(2, &standard) != 0 || stat("/dev/null", &null) != 0 || standard.st_rdev != null.st_rdev)
      return 5;
    return is_open(3) ? 6 : 0;
  });
  CHECK(exit == 0);
}

TEST_CASE("a hardened process has its own umask, limits and signals") {
  NEEDS_ROOT();
  const int exit = in_child([] {
    umask(0);
    const rlimit small = {100, RLIM_INFINITY};
    if (setrlimit(RLIMIT_FSIZE, &small) != 0) return 1;
    const rlimit few = {10, 4096};
    if (setrlimit(RLIMIT_NOFILE, &few) != 0) return 2;
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    signal(SIGCHLD, SIG_IGN);
    const itimerval soon = {{0, 0}, {3600, 0}};
    setitimer(ITIMER_REAL, &soon, nullptr);

    if (!harden_process()) return 3;
    if (umask(0) != 022) return 4;
    rlimit now{};
    if (getrlimit(RLIMIT_FSIZE, &now) != 0 || now.rlim_cur != RLIM_INFINITY) return 5;
    if (getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur < 4096) return 6;
    if (getrlimit(RLIMIT_CORE, &now) != 0 || now.rlim_cur != 0) return 7;
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, nullptr, &blocked);
    if (sigismember(&blocked, SIGTERM) != 0) return 8;
    if (signal(SIGCHLD, SIG_DFL) != SIG_DFL) return 9;
    itimerval timer{};
    getitimer(ITIMER_REAL, &timer);
    if (timer.it_value.tv_sec != 0) return 10;
    return signal(SIGPIPE, SIG_IGN) == SIG_IGN && signal(SIGXFSZ, SIG_IGN) == SIG_IGN ? 0 : 11;
  });
  CHECK(exit == 0);
}

TEST_CASE("a hardened process stays where it is") {
  const Scratch scratch;
  const int exit = in_child([&] {
    if (chdir(scratch.path().c_str()) != 0) return 1;
    if (!harden_process()) return 2;
    return std::filesystem::current_path() == scratch.path() ? 0 : 3;
  });
  CHECK(exit == 0);
}

TEST_CASE("root is known by the effective user") { CHECK(runs_as_root() == (geteuid() == 0)); }

}  // namespace addon::linux
