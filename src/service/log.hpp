#pragma once

#include <string>
#include <string_view>

#include "service/caller.hpp"

namespace addon::service {

/// Tells systemd's journal that a call was refused: the method, why, and the caller's user, login, audit
/// session and process. What cannot be written there is written to standard error.
void log_refusal(const Sender& sender, std::string_view method, std::string_view why);

/// Tells it of trouble of the daemon's own.
void log_trouble(std::string_view what);

}  // namespace addon::service
