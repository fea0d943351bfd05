#pragma once

#include <optional>
#include <string>

namespace addon::host {

/// Who asked for a change, and from where, as far as the kernel and logind say so: nothing of it comes
/// from the caller's environment. What is not known is empty.
struct Caller {
  unsigned uid = 0;    ///< real user ID of the process
  std::string user{};  ///< its name
  std::optional<unsigned>
      login_uid{};  ///< who logged in, whatever sudo or su made of it since: proc(5), loginuid
  std::string login_user{};
  std::string session{};      ///< of logind
  std::string tty{};          ///< of that session
  std::string remote_host{};  ///< of that session
  std::string unit{};         ///< of systemd that the process is in: "cron.service"

  bool operator==(const Caller&) const = default;
};

}  // namespace addon::host
