#include "plan/caller_json.hpp"

#include <fmt/format.h>

#include <string>

namespace addon::plan {

namespace {
Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string text(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<unsigned> id(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<unsigned>();
}
}  // namespace

Json to_json(const host::Caller& caller) {
  return {{"uid", caller.uid},
          {"user", text_or_null(caller.user)},
          {"login_uid", caller.login_uid ? Json(*caller.login_uid) : Json(nullptr)},
          {"login_user", text_or_null(caller.login_user)},
          {"session", text_or_null(caller.session)},
          {"tty", text_or_null(caller.tty)},
          {"remote_host", text_or_null(caller.remote_host)},
          {"unit", text_or_null(caller.unit)}};
}

std::optional<host::Caller> caller_from_json(const Json& json) {
  const auto uid = json.is_object() ? id(json, "uid") : std::nullopt;
  if (!uid) return std::nullopt;
  return host::Caller{.uid = *uid,
                      .user = text(json, "user"),
                      .login_uid = id(json, "login_uid"),
                      .login_user = text(json, "login_user"),
                      .session = text(json, "session"),
                      .tty = text(json, "tty"),
                      .remote_host = text(json, "remote_host"),
                      .unit = text(json, "unit")};
}

std::string who(const host::Caller& caller) {
  const auto named = [](const std::string& name, unsigned uid) {
    return name.empty() ? fmt::format("user {}", uid) : name;
  };
  std::string user =
      caller.login_uid ? named(caller.login_user, *caller.login_uid) : named(caller.user, caller.uid);
  if (!caller.remote_host.empty()) return fmt::format("{}, from {}", user, caller.remote_host);
  if (!caller.tty.empty()) return fmt::format("{}, on {}", user, caller.tty);
  if (!caller.unit.empty() && caller.session.empty()) return fmt::format("{}, by {}", user, caller.unit);
  return user;
}

}  // namespace addon::plan
