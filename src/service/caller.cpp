#include "service/caller.hpp"

#include <pwd.h>
#include <systemd/sd-login.h>

#include <array>
#include <cstdlib>
#include <string>

#include "service/handles.hpp"

namespace addon::service {

namespace {

std::string user_name(uid_t uid) {
  std::array<char, 16384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return "";
  return found->pw_name;
}

std::string text(int (*get)(sd_bus_creds*, const char**), sd_bus_creds* creds) {
  const char* value = nullptr;
  return get(creds, &value) < 0 || value == nullptr ? "" : value;
}

std::string remote_host(const std::string& session) {
  char* host = nullptr;
  if (session.empty() || sd_session_get_remote_host(session.c_str(), &host) < 0 || host == nullptr) return "";
  std::string copy(host);
  free(host);  // NOLINT(cppcoreguidelines-no-malloc): sd-login(3) asks for it
  return copy;
}

}  // namespace

Result<Sender> read_sender(sd_bus_message* message) {
  constexpr std::uint64_t wanted = SD_BUS_CREDS_EUID | SD_BUS_CREDS_PID | SD_BUS_CREDS_AUDIT_SESSION_ID |
                                   SD_BUS_CREDS_AUDIT_LOGIN_UID | SD_BUS_CREDS_SESSION | SD_BUS_CREDS_UNIT |
                                   SD_BUS_CREDS_TTY | SD_BUS_CREDS_AUGMENT;
  sd_bus_creds* got = nullptr;
  int r = sd_bus_query_sender_creds(message, wanted, &got);
  const Creds creds(got);
  uid_t uid = 0;
  if (r >= 0) r = sd_bus_creds_get_euid(got, &uid);
  if (r < 0) return tl::unexpected(Error::from_errno(-r, "cannot tell who calls"));
  Sender sender;
  sender.caller.uid = uid;
  sender.caller.user = user_name(uid);
  pid_t pid = 0;
  if (sd_bus_creds_get_pid(got, &pid) >= 0) sender.pid = static_cast<std::uint64_t>(pid);
  uid_t login = 0;
  if (sd_bus_creds_get_audit_login_uid(got, &login) >= 0) {
    sender.caller.login_uid = login;
    sender.caller.login_user = user_name(login);
  }
  std::uint32_t session = 0;
  if (sd_bus_creds_get_audit_session_id(got, &session) >= 0) sender.audit_session = session;
  sender.caller.session = text(sd_bus_creds_get_session, got);
  sender.caller.unit = text(sd_bus_creds_get_unit, got);
  sender.caller.tty = text(sd_bus_creds_get_tty, got);
  sender.caller.remote_host = remote_host(sender.caller.session);
  return sender;
}

}  // namespace addon::service
