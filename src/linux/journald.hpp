#pragma once

#include "host/event_log.hpp"

namespace addon::linux {

/// The journal of systemd, by sd_journal_sendv(3).
class Journald final : public host::EventLog {
 public:
  void write(const host::EventFields& fields) override;
};

}  // namespace addon::linux
