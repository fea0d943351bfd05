#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "host/clock.hpp"
#include "host/directory.hpp"

namespace addon::linux {

/// The right to change one host: flock(2) on run/addonctl/lock below its root, held until this is
/// destroyed. It goes with the descriptor, so a holder that died holds nothing, and the descriptor
/// is closed in whatever the holder executes. The file stays: only the lock on it means anything.
class HostLock {
 public:
  /// Takes the lock without waiting and writes into the file who has it, as one JSON line:
  /// {"pid":…,"since":"2026-01-31T12:00:00Z","verb":"apply"}. When another process has it, an
  /// error of kind `locked` that names that process, its verb and how long it has had it.
  /// `root` must be a directory that this room opened.
  static Result<HostLock> try_lock(host::Directory& root, std::string_view verb, const host::Clock& clock);

 private:
  explicit HostLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

/// "pid 4711 (apply), for 12s" from what a holder has written into the lock, as far as that says so; "" for
/// none.
std::string holder_in(const std::string& record, const host::Clock& clock);

}  // namespace addon::linux
