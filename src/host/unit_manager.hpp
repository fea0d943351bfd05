#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/unit_name.hpp"

namespace addon::host {

/// What systemd says about a unit now. Names and values as in `systemctl show`;
/// org.freedesktop.systemd1(5).
struct UnitStatus {
  UnitName name;
  std::string load_state;    ///< "loaded", "not-found", "masked", "bad-setting", "error"
  std::string active_state;  ///< "active", "activating", "inactive", "failed", …
  std::string sub_state;     ///< "running", "auto-restart", "waiting", "exited", …
  std::string type;          ///< services: "simple", "oneshot", "notify", …; else ""
  std::string result;        ///< services: "success", "exit-code", …; else ""
  std::string fragment_path;
  std::vector<std::string> drop_in_paths;
  std::uint32_t main_pid = 0;
  std::uint32_t restarts = 0;                           ///< NRestarts
  std::chrono::microseconds active_enter_monotonic{0};  ///< CLOCK_MONOTONIC; 0: never active

  bool is_active() const { return active_state == "active" || active_state == "reloading"; }
};

/// The service manager of the host that is being changed.
class UnitManager {
 public:
  virtual ~UnitManager() = default;

  /// False for an offline root: units are then only enabled, never started or asked for.
  virtual bool is_live() const = 0;
  /// In the order asked for. Unknown units have load_state "not-found". One round trip for the
  /// states; details (type, restarts, …) are filled by `inspect` only.
  virtual Result<std::vector<UnitStatus>> states(const std::vector<UnitName>& names) = 0;
  virtual Result<UnitStatus> inspect(const UnitName& name) = 0;

  virtual Result<> reload() = 0;
  virtual Result<> enable(const UnitName& name) = 0;
  virtual Result<> disable(const UnitName& name) = 0;
  /// These queue a job (mode "replace") and wait for its result: anything but "done" is an error
  /// that names the result and the unit's state. On timeout the job is cancelled. To stop a unit
  /// that systemd does not know is no error.
  virtual Result<> start(const UnitName& name, std::chrono::milliseconds timeout) = 0;
  virtual Result<> restart(const UnitName& name, std::chrono::milliseconds timeout) = 0;
  virtual Result<> stop(const UnitName& name, std::chrono::milliseconds timeout) = 0;
  /// Forgets a failed state, so that a start limit does not outlive its cause. Not failed, or not
  /// loaded, is no error.
  virtual Result<> reset_failed(const UnitName& name) = 0;
};

}  // namespace addon::host
