#pragma once

#include <systemd/sd-bus.h>

#include <cstdint>
#include <optional>

#include "core/result.hpp"
#include "host/caller.hpp"

namespace addon::service {

/// Who sent a message. The user is the bus's word, which the kernel gave it when the connection was made; the
/// rest is read from /proc by the sender's process ID, for the records alone.
struct Sender {
  host::Caller caller{};
  std::uint64_t pid = 0;
  std::optional<std::uint32_t> audit_session{};
};

Result<Sender> read_sender(sd_bus_message* message);

}  // namespace addon::service
