#include "service/log.hpp"

#include <fmt/format.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>

#include <cstdio>
#include <vector>

#include "core/text.hpp"

namespace addon::service {

namespace {

void send(int priority, const std::string& message, std::vector<std::string> fields) {
  fields.push_back("MESSAGE=" + printable(message));
  fields.push_back(fmt::format("PRIORITY={}", priority));
  fields.emplace_back("SYSLOG_IDENTIFIER=addon-executor");
  std::vector<iovec> parts;
  for (std::string& field : fields) parts.push_back({field.data(), field.size()});
  if (sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) < 0) {
    static_cast<void>(std::fprintf(stderr, "%s\n", printable(message).c_str()));
  }
}

}  // namespace

void log_refusal(const Sender& sender, std::string_view method, std::string_view why) {
  const host::Caller& caller = sender.caller;
  const std::string session =
      sender.audit_session ? fmt::format(", audit session {}", *sender.audit_session) : "";
  std::vector<std::string> fields = {fmt::format("ADDONCTL_METHOD={}", method),
                                     fmt::format("ADDONCTL_CALLER_UID={}", caller.uid),
                                     fmt::format("ADDONCTL_CALLER_PID={}", sender.pid)};
  if (caller.login_uid) fields.push_back(fmt::format("ADDONCTL_CALLER_LOGINUID={}", *caller.login_uid));
  if (sender.audit_session)
    fields.push_back(fmt::format("ADDONCTL_CALLER_AUDIT_SESSION={}", *sender.audit_session));
  send(LOG_WARNING,
       fmt::format("refused {} of uid {}{}{}: {}", method, caller.uid,
                   caller.user.empty() ? "" : " (" + caller.user + ")", session, why),
       std::move(fields));
}

void log_trouble(std::string_view what) { send(LOG_ERR, std::string(what), {}); }

}  // namespace addon::service
