#include "core/capability.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace addon {
inline namespace core {

namespace {
// By number, as in <linux/capability.h> of Linux 6.1. A table of our own, since libcap's
// cap_from_name(3) also takes numbers and knows only what it was built with.
constexpr std::array<std::string_view, 41> capability_names = {
    "cap_chown",
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_fowner",
    "cap_fsetid",
    "cap_kill",
    "cap_setgid",
    "cap_setuid",
    "cap_setpcap",
    "cap_linux_immutable",
    "cap_net_bind_service",
    "cap_net_broadcast",
    "cap_net_admin",
    "cap_net_raw",
    "cap_ipc_lock",
    "cap_ipc_owner",
    "cap_sys_module",
    "cap_sys_rawio",
    "cap_sys_chroot",
    "cap_sys_ptrace",
    "cap_sys_pacct",
    "cap_sys_admin",
    "cap_sys_boot",
    "cap_sys_nice",
    "cap_sys_resource",
    "cap_sys_time",
    "cap_sys_tty_config",
    "cap_mknod",
    "cap_lease",
    "cap_audit_write",
    "cap_audit_control",
    "cap_setfcap",
    "cap_mac_override",
    "cap_mac_admin",
    "cap_syslog",
    "cap_wake_alarm",
    "cap_block_suspend",
    "cap_audit_read",
    "cap_perfmon",
    "cap_bpf",
    "cap_checkpoint_restore",
};
constexpr std::string_view prefix = "cap_";
constexpr unsigned bits_in_set = 64;
}  // namespace

std::optional<Capability> Capability::from_name(std::string_view name) {
  const std::string lower = to_lower(trim(name));
  std::string_view bare = lower;
  if (bare.starts_with(prefix)) bare.remove_prefix(prefix.size());
  const auto* found =
      std::find_if(capability_names.begin(), capability_names.end(),
                   [&](std::string_view known) { return known.substr(prefix.size()) == bare; });
  if (found == capability_names.end()) return std::nullopt;
  return Capability(static_cast<unsigned>(found - capability_names.begin()));
}

unsigned Capability::count() { return static_cast<unsigned>(capability_names.size()); }

std::string_view Capability::name() const { return capability_names.at(number_); }

CapabilitySet CapabilitySet::from_bits(std::uint64_t bits) {
  CapabilitySet set;
  set.bits_ = bits;
  return set;
}

CapabilitySet CapabilitySet::all() { return from_bits((std::uint64_t{1} << Capability::count()) - 1); }

std::vector<Capability> CapabilitySet::members() const {
  std::vector<Capability> members;
  for (unsigned number = 0; number < Capability::count(); ++number) {
    const Capability capability = Capability::from_number(number);
    if (contains(capability)) members.push_back(capability);
  }
  return members;
}

std::vector<std::string> CapabilitySet::names() const {
  std::vector<std::string> names;
  for (const Capability capability : members()) names.emplace_back(capability.name());
  // A capability that is newer than this program must not go unseen.
  for (unsigned number = Capability::count(); number < bits_in_set; ++number) {
    if (((bits_ >> number) & 1U) != 0) names.push_back(std::to_string(number));
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string to_file_text(CapabilitySet set) { return set.empty() ? "" : join(set.names(), ",") + "=ep"; }

}  // namespace core
}  // namespace addon
