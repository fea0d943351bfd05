#pragma once

#include <string>

#include "core/capability.hpp"
#include "core/result.hpp"

namespace addon::host {

/// Facts of the running kernel and of the filesystem that add-ons are staged on.
struct PlatformFacts {
  /// Capabilities that this kernel knows (/proc/sys/kernel/cap_last_cap).
  CapabilitySet known_capabilities;
  /// /opt/addons, or its nearest existing ancestor, is mounted nosuid: file capabilities have no effect.
  bool nosuid = false;
  /// Its filesystem keeps security.capability attributes, as far as looking tells.
  bool file_capabilities = true;
  /// Of the running kernel, other after each boot (/proc/sys/kernel/random/boot_id).
  std::string boot_id = {};
  std::string os = "linux";  ///< by Go's name
  std::string arch = {};  ///< of the running kernel, by Go's name ("amd64", "arm64"), else as uname(2) has it
  /// systemd is what runs this host's services (/run/systemd/system exists, sd_booted(3)).
  bool has_systemd = true;
};

}  // namespace addon::host
