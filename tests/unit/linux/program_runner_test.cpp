#include "linux/program_runner.hpp"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;
using namespace std::chrono_literals;
using host::ProgramCall;
using host::ProgramEnd;

namespace {
ProgramEnd run(std::vector<std::string> words, std::optional<host::Account> as = {},
               std::chrono::milliseconds timeout = 20s) {
  auto end = ProcessRunner().run({.words = std::move(words), .as = as, .timeout = timeout});
  REQUIRE(message(end) == "");
  return std::move(*end);
}

ProgramEnd shell(const std::string& script, std::optional<host::Account> as = {},
                 std::chrono::milliseconds timeout = 20s) {
  return run({"/bin/sh", "-c", script}, as, timeout);
}

constexpr host::Account kNobody{65534, 65534};

/// Whether some process was started with these words.
bool is_running(const std::string& words) {
  return !output_of({"sh", "-c", "pgrep --full --exact \"$1\" || true", "sh", words}).empty();
}
}  // namespace

TEST_CASE("a program's end, output and errors are told apart") {
  const ProgramEnd end = shell("echo out; echo err >&2; exit 3");
  CHECK(end.how == ProgramEnd::How::exited);
  CHECK(end.status == 3);
  CHECK(end.output == "out\n");
  CHECK(end.errors == "err\n");
  CHECK_FALSE(end.is_success());
  CHECK(to_string(end) == "exited with status 3");
  CHECK(shell("exit 0").is_success());
}

TEST_CASE("a program that is killed is told by its signal") {
  const ProgramEnd end = shell("kill -KILL $$");
  CHECK(end.how == ProgramEnd::How::killed);
  CHECK(end.status == SIGKILL);
  CHECK(to_string(end) == "was killed by signal 9");
}

TEST_CASE("a program that is not there, or is none, is an error of the call") {
  const auto absent = ProcessRunner().run({.words = {"/nonexistent/program"}, .timeout = 20s});
  CHECK(errno_of(absent) == ENOENT);
  CHECK(message(absent) == "cannot run /nonexistent/program: No such file or directory");
  CHECK(errno_of(ProcessRunner().run({.words = {"/etc/passwd"}, .timeout = 20s})) == EACCES);
}

TEST_CASE("a program gets nothing of ours but its words") {
  setenv("LD_LIBRARY_PATH", "/hostile", 1);
  const int descriptor = ::open("/etc/passwd", O_RDONLY);  // without O_CLOEXEC
  REQUIRE(descriptor >= 0);
  const std::string environment = run({"/usr/bin/env"}).output;
  // The descriptor that lists the directory is its own.
  const std::string descriptors = run({"/bin/ls", "/proc/self/fd"}).output;
  close(descriptor);
  unsetenv("LD_LIBRARY_PATH");
  CHECK(environment == "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C.UTF-8\n");
  CHECK(descriptors == "0\n1\n2\n3\n");
  CHECK(run({"/bin/pwd"}).output == "/\n");
  CHECK(shell("cat; umask").output == "0022\n");
  CHECK(shell("(true </dev/tty) 2>/dev/null || echo no terminal").output == "no terminal\n");
}

TEST_CASE("signals that we ignore are not ignored by a program") {
  const auto before = signal(SIGPIPE, SIG_IGN);
  const std::string ignored = shell("sed -n 's/^SigIgn:\\s*//p; s/^SigBlk:\\s*//p' /proc/self/status").output;
  signal(SIGPIPE, before);
  CHECK(ignored == "0000000000000000\n0000000000000000\n");
}

TEST_CASE("of more output than is kept the beginning is kept, and the program goes on") {
  const auto end = ProcessRunner().run({.words = {"/bin/sh", "-c", "head -c 1000000 /dev/zero; exit 5"},
                                        .timeout = 20s,
                                        .output_limit = 1000});
  REQUIRE(message(end) == "");
  CHECK(end->output == std::string(1000, '\0'));
  CHECK(end->status == 5);
}

TEST_CASE("a program that does not end in time is killed with all that it started") {
  NEEDS_ROOT();
  const auto begin = std::chrono::steady_clock::now();
  // One ignores the signal that asks, one left the process group, one left the session.
  const ProgramEnd end = shell(
      "trap '' TERM; sleep 98101 & setsid sleep 98102 & setsid sh -c 'trap \"\" TERM HUP; setsid sleep 98103 "
      "& wait' & wait",
      {}, 500ms);
  CHECK(end.how == ProgramEnd::How::timed_out);
  CHECK(to_string(end) == "did not end in time");
  CHECK(std::chrono::steady_clock::now() - begin < 15s);
  for (const char* left : {"sleep 98101", "sleep 98102", "sleep 98103"}) {
    CAPTURE(left);
    CHECK_FALSE(is_running(left));
  }
}

TEST_CASE("what a program leaves behind ends with it, and nobody waits for it") {
  NEEDS_ROOT();
  const auto begin = std::chrono::steady_clock::now();
  const ProgramEnd end = shell("setsid sleep 98104 & sleep 98105 & echo done");
  CHECK(end.output == "done\n");
  CHECK(end.is_success());
  CHECK(std::chrono::steady_clock::now() - begin < 15s);
  CHECK_FALSE(is_running("sleep 98104"));
  CHECK_FALSE(is_running("sleep 98105"));
}

TEST_CASE("a program ends with the process that runs it") {
  NEEDS_ROOT();
  const pid_t child = fork();
  if (child == 0) {
    static_cast<void>(ProcessRunner().run({.words = {"/bin/sleep", "98106"}, .timeout = 60s}));
    _exit(0);
  }
  for (int tries = 0; tries < 1000 && !is_running("/bin/sleep 98106"); ++tries)
    std::this_thread::sleep_for(10ms);
  REQUIRE(is_running("/bin/sleep 98106"));
  kill(child, SIGKILL);
  for (int tries = 0; tries < 1000 && is_running("/bin/sleep 98106"); ++tries)
    std::this_thread::sleep_for(10ms);
  CHECK_FALSE(is_running("/bin/sleep 98106"));
}

TEST_CASE("as a user a program has no privilege, and no way to one") {
  NEEDS_ROOT();
  const std::string status =
      shell(
          "sed -nE 's/^(Uid|Gid|Groups|CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs):\\s*/\\1 /p' "
          "/proc/self/status",
          kNobody)
          .output;
  const std::string none = "0000000000000000\n";
  CHECK(status == "Uid 65534\t65534\t65534\t65534\nGid 65534\t65534\t65534\t65534\nGroups \nCapInh " + none +
                      "CapPrm " + none + "CapEff " + none + "CapAmb " + none + "NoNewPrivs 1\n");
}

TEST_CASE("as a user a program does not have our session keyring") {
  NEEDS_ROOT();
  const int exit = in_child([] {
    const std::string name = "addonctl-test-key";
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0) return 2;
    if (syscall(SYS_add_key, "user", name.c_str(), "secret", 6, KEY_SPEC_SESSION_KEYRING) < 0) return 2;
    const auto found = [&](std::optional<host::Account> as) {
      const auto end = ProcessRunner().run({.words = {"/bin/cat", "/proc/keys"}, .as = as, .timeout = 20s});
      return end && end->output.find(name) != std::string::npos;
    };
    if (!found({})) return 2;  // there is no such file, or no keyrings
    return found(kNobody) ? 1 : 0;
  });
  if (exit == 2) WARN("skipped: this kernel shows no keyrings");
  CHECK(exit != 1);
}

TEST_CASE("a file's capabilities and set-id bits give a program nothing when it runs as a user") {
  NEEDS_ROOT();
  const Scratch scratch;
  REQUIRE(output_of({"cp", "/usr/bin/id", scratch / "id"}).empty());
  REQUIRE(output_of({"chmod", "4755", scratch / "id"}).empty());
  REQUIRE(output_of({"chmod", "0755", scratch.path()}).empty());
  CHECK(run({scratch / "id", "-u"}, kNobody).output == "65534\n");
  REQUIRE(output_of({"cp", "/usr/bin/cat", scratch / "cat"}).empty());
  REQUIRE(output_of({"setcap", "cap_dac_read_search=ep", scratch / "cat"}).empty());
  scratch.write("secret", "secret", 0600);
  CHECK(run({scratch / "cat", scratch / "secret"}, kNobody).output.empty());
}

}  // namespace addon::linux
