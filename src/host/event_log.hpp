#pragma once

#include <string>
#include <utility>
#include <vector>

namespace addon::host {

/// Name and value; a name may be there more than once. systemd.journal-fields(7)
using EventFields = std::vector<std::pair<std::string, std::string>>;

/// The host's own log.
class EventLog {
 public:
  virtual ~EventLog() = default;
  /// Best effort: a host may have no such log.
  virtual void write(const EventFields& fields) = 0;
};

}  // namespace addon::host
