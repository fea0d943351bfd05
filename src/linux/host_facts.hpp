#pragma once

#include <chrono>
#include <string>

#include "core/result.hpp"
#include "linux/systemd_manager.hpp"

/// Facts of the running host that only people need: what doctor looks at. Nothing here changes anything.
namespace addon::linux {

/// What the running systemd says of itself. org.freedesktop.systemd1(5)
struct ManagerFacts {
  unsigned version = 0;  ///< 252; 0 where it does not say so
  std::string state;     ///< SystemState: "running", "degraded", "starting", "maintenance", "stopping", …
};

Result<ManagerFacts> read_manager_facts(const ManagerSockets& sockets = {});

/// Whether the system bus knows how to start who answers to that name, or somebody does already.
Result<bool> is_on_bus(const std::string& name, const ManagerSockets& sockets = {});

/// Whether the kernel holds the clock to be right: adjtimex(2), as timedatectl(1) understands it.
Result<bool> clock_is_synchronised();

/// When the file of this program was last written: not before it was built.
Result<std::chrono::system_clock::time_point> program_time();

/// Whether this process has the group, as its own or as one of its further ones. getgroups(2)
Result<bool> has_group(unsigned gid);

}  // namespace addon::linux
