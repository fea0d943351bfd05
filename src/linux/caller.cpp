#include "linux/caller.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "linux/accounts.hpp"
#include "linux/file.hpp"
#include "linux/resolve.hpp"

namespace addon::linux {

namespace {
// What sd-login gives is to be freed; nothing on an error.
template <class Ask>
std::string asked(Ask ask) {
  char* text = nullptr;
  if (ask(&text) < 0 || text == nullptr) return "";
  std::string copy(text);
  free(text);  // NOLINT(cppcoreguidelines-no-malloc): sd-login(3) asks for it
  return copy;
}

std::string name_of(unsigned uid) {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return "";
  return found->pw_name;
}

// proc(5): 4294967295 for a process of no login.
std::optional<unsigned> read_login_uid() {
  const UniqueFd fd(retry([] { return open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC); }));
  if (!fd) return std::nullopt;
  std::array<char, 16> text{};
  const ssize_t size = retry([&] { return ::read(fd.get(), text.data(), text.size()); });
  unsigned uid = 0;
  if (size <= 0 || std::from_chars(text.data(), text.data() + size, uid).ec != std::errc() || uid == ~0U) {
    return std::nullopt;
  }
  return uid;
}
}  // namespace

host::Caller read_caller() {
  host::Caller caller{.uid = getuid()};
  caller.user = name_of(caller.uid);
  caller.login_uid = read_login_uid();
  if (caller.login_uid) caller.login_user = name_of(*caller.login_uid);
  caller.unit = asked([](char** text) { return sd_pid_get_unit(0, text); });
  caller.session = asked([](char** text) { return sd_pid_get_session(0, text); });
  if (caller.session.empty()) return caller;
  const char* session = caller.session.c_str();
  caller.tty = asked([&](char** text) { return sd_session_get_tty(session, text); });
  caller.remote_host = asked([&](char** text) { return sd_session_get_remote_host(session, text); });
  return caller;
}

}  // namespace addon::linux
