#include "linux/lock.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <catch2/catch.hpp>

#include "core/json.hpp"
#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

namespace {
/// 2026-01-31 12:00:00 UTC and so many seconds.
class FixedClock final : public host::Clock {
 public:
  explicit FixedClock(int seconds) : seconds_(seconds) {}
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::from_time_t(1'769'860'800 + seconds_);
  }
  std::chrono::microseconds monotonic() const override { return {}; }
  void sleep(std::chrono::milliseconds) override {}

 private:
  int seconds_;
};

/// A child process that holds the lock until it is killed.
class Holder {
 public:
  explicit Holder(const Scratch& scratch) {
    std::array<int, 2> ready{};
    REQUIRE(pipe2(ready.data(), O_CLOEXEC) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      const auto root = scratch.open();
      const auto lock = HostLock::try_lock(*root, "apply", FixedClock(0));
      const char word = lock ? 'y' : 'n';
      if (write(ready[1], &word, 1) == 1) pause();
      _exit(1);
    }
    char word = 0;
    REQUIRE(read(ready[0], &word, 1) == 1);
    REQUIRE(word == 'y');
    close(ready[0]);
    close(ready[1]);
  }
  ~Holder() { kill_and_wait(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  pid_t pid() const { return pid_; }
  void kill_and_wait() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
};
}  // namespace

TEST_CASE("a lock held by another process names it, its verb and for how long") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto root = scratch.open();
  Holder holder(scratch);
  const auto lock = HostLock::try_lock(*root, "remove", FixedClock(75));
  REQUIRE_FALSE(lock);
  CHECK(lock.error().message() == "another transaction holds the lock " + (scratch / "run/addonctl/lock") +
                                      ": pid " + std::to_string(holder.pid()) +
                                      " (apply), for 1min15s; wait until it has ended");
  CHECK(lock.error().kind() == ErrorKind::locked);

  holder.kill_and_wait();
  CHECK(message(HostLock::try_lock(*root, "remove", FixedClock(80))) == "");
}

TEST_CASE("the lock file says who holds it, in one line that only root can read") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto root = scratch.open();
  const auto lock = HostLock::try_lock(*root, "rollback", FixedClock(0));
  REQUIRE(message(lock) == "");
  const std::string text = scratch.read("run/addonctl/lock");
  CHECK(text == R"({"pid":)" + std::to_string(getpid()) +
                    R"(,"since":"2026-01-31T12:00:00Z","verb":"rollback"})" + "\n");
  CHECK(scratch.mode("run/addonctl/lock") == 0600);
}

TEST_CASE("a lock is free again once its owner is gone, and old words in the file do not matter") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto root = scratch.open();
  { REQUIRE(HostLock::try_lock(*root, "apply", FixedClock(0))); }
  scratch.write("run/addonctl/lock", std::string(3000, '{'));
  const auto lock = HostLock::try_lock(*root, "gc", FixedClock(0));
  REQUIRE(lock);
  CHECK(scratch.read("run/addonctl/lock").size() < 100);

  // A second attempt of this process is refused as well: the lock belongs to the open file.
  CHECK_FALSE(HostLock::try_lock(*root, "gc", FixedClock(0)));
}

TEST_CASE("a holder that has written nothing readable is still a holder") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto root = scratch.open();
  { REQUIRE(HostLock::try_lock(*root, "apply", FixedClock(0))); }
  const int fd = ::open((scratch / "run/addonctl/lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(flock(fd, LOCK_EX) == 0);
  const std::string path = scratch / "run/addonctl/lock";
  for (const std::string record : {"", "{", "[]", "{\"pid\": \"x\"}", "\xff"}) {
    REQUIRE(ftruncate(fd, 0) == 0);
    REQUIRE(pwrite(fd, record.data(), record.size(), 0) == static_cast<ssize_t>(record.size()));
    CHECK(message(HostLock::try_lock(*root, "gc", FixedClock(0))) ==
          "another transaction holds the lock " + path +
              ": its process has not written down yet who it is; wait until it has ended");
  }
  close(fd);
}

TEST_CASE("a lock that is a symlink is refused and its target kept") {
  NEEDS_ROOT();
  const Scratch scratch;
  const Scratch outside;
  outside.write("victim", "kept");
  scratch.mkdir("run");
  scratch.mkdir("run/addonctl");
  scratch.link("run/addonctl/lock", outside / "victim");
  const auto root = scratch.open();
  const std::string path = scratch / "run/addonctl/lock";
  CHECK(message(HostLock::try_lock(*root, "gc", FixedClock(0))) ==
        "cannot open the lock " + path + ": it is a symbolic link, which addonctl never follows");
  CHECK(outside.read("victim") == "kept");
}

TEST_CASE("a lock is not passed on to what its holder executes") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto root = scratch.open();
  const auto lock = HostLock::try_lock(*root, "apply", FixedClock(0));
  REQUIRE(lock);
  CHECK(output_of({"ls", "-l", "/proc/self/fd"}).find("addonctl/lock") == std::string::npos);
}

}  // namespace addon::linux
