#pragma once

#include "core/json.hpp"
#include "host/caller.hpp"

namespace addon::plan {

/// {"uid", "user", "login_uid", "login_user", "session", "tty", "remote_host", "unit"}: what is not known is
/// null.
Json to_json(const host::Caller& caller);
/// What such an object says; nothing where it is none.
std::optional<host::Caller> caller_from_json(const Json& json);
/// "anna, from 192.0.2.7", "root, by cron.service": who is meant to be seen by people.
std::string who(const host::Caller& caller);

}  // namespace addon::plan
