#pragma once

#include <memory>
#include <string>

#include "host/unit_manager.hpp"

namespace addon::linux {

class ManagerConnection;

/// Where systemd listens. Fixed paths, never the caller's environment ($DBUS_SYSTEM_BUS_ADDRESS):
/// what answers there is believed by root.
struct ManagerSockets {
  /// systemd's own socket, which serves root alone. Root uses it as systemctl(1) does: it answers
  /// when the bus is not up yet, or is just being upgraded, and no bus policy stands between.
  std::string direct = "/run/systemd/private";
  /// The system bus: for others than root, and for root where the first is absent.
  std::string bus = "/run/dbus/system_bus_socket";
};

/// The running host's systemd, over D-Bus: org.freedesktop.systemd1(5). Connects on first use, and
/// again when the connection was lost between two calls.
class SystemdManager final : public host::UnitManager {
 public:
  explicit SystemdManager(ManagerSockets sockets = {});
  ~SystemdManager() override;

  bool is_live() const override { return true; }
  Result<std::vector<host::UnitStatus>> states(const std::vector<UnitName>& names) override;
  Result<host::UnitStatus> inspect(const UnitName& name) override;
  /// Waits up to 90 s: generators run, and all units are read again.
  Result<> reload() override;
  Result<> enable(const UnitName& name) override;
  Result<> disable(const UnitName& name) override;
  Result<> start(const UnitName& name, std::chrono::milliseconds timeout) override;
  Result<> restart(const UnitName& name, std::chrono::milliseconds timeout) override;
  Result<> stop(const UnitName& name, std::chrono::milliseconds timeout) override;
  Result<> reset_failed(const UnitName& name) override;

 private:
  Result<ManagerConnection*> connection();
  Result<> run_job(const char* verb, const char* member, const UnitName& name,
                   std::chrono::milliseconds timeout);

  ManagerSockets sockets_;
  std::unique_ptr<ManagerConnection> connection_;
};

}  // namespace addon::linux
