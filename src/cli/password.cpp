#include "cli/password.hpp"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "bundle/minisign_secret.hpp"
#include "cli/interruption.hpp"

namespace addon::cli {

namespace {

constexpr std::size_t kLongest = 1024;

/// A terminal that shows nothing of what is typed, for as long as this exists.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    is_set_ = tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (is_set_) tcsetattr(terminal_, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

  bool is_set() const { return is_set_; }

 private:
  int terminal_;
  termios before_{};
  bool is_set_ = false;
};

/// Waits for input, in short steps so that a signal is noticed.
bool wait_for_input(const std::atomic<bool>& interrupted) {
  constexpr int step_ms = 100;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (!interrupted) {
    const int ready = poll(&input, 1, step_ms);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // read(2) will say what is wrong
  }
  return false;
}

Result<std::string> read_line() {
  const Interruption interruption;
  std::string line;
  line.reserve(kLongest + 1);  // so that no copy of it is left behind
  const auto fail = [&](const char* why) {
    bundle::minisign::wipe(line);
    return tl::unexpected(Error(std::string("cannot read the password: ") + why));
  };
  for (;;) {
    if (!wait_for_input(interruption.flag())) return fail("interrupted");
    char byte = '\0';
    const ssize_t got = read(STDIN_FILENO, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail("standard input cannot be read");
    if (got == 0 && line.empty()) return fail("standard input is at its end");
    if (got == 0 || byte == '\n') return line;
    if (line.size() == kLongest) return fail("it is longer than 1,024 bytes");
    line += byte;
  }
}

}  // namespace

Result<std::string> read_password(const std::string& question) {
  if (isatty(STDIN_FILENO) == 0) return read_line();
  const Silence silence(STDIN_FILENO);
  if (!silence.is_set())
    return tl::unexpected(Error("cannot read the password: the terminal would show what is typed"));
  std::fputs(question.c_str(), stderr);
  std::fflush(stderr);
  return read_line();
}

}  // namespace addon::cli
