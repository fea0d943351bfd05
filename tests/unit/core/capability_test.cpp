#include "core/capability.hpp"

#include <linux/capability.h>

#include <catch2/catch.hpp>
#include <set>

using addon::Capability;
using addon::CapabilitySet;

namespace {
CapabilitySet set_of(std::initializer_list<const char*> names) {
  CapabilitySet set;
  for (const char* name : names) set.insert(Capability::from_name(name).value());
  return set;
}
}  // namespace

TEST_CASE("a capability has the number that the kernel's header gives it") {
  const auto [name, number] = GENERATE(table<const char*, unsigned>({
      {"cap_chown", CAP_CHOWN},
      {"cap_dac_override", CAP_DAC_OVERRIDE},
      {"cap_dac_read_search", CAP_DAC_READ_SEARCH},
      {"cap_fowner", CAP_FOWNER},
      {"cap_fsetid", CAP_FSETID},
      {"cap_kill", CAP_KILL},
      {"cap_setgid", CAP_SETGID},
      {"cap_setuid", CAP_SETUID},
      {"cap_setpcap", CAP_SETPCAP},
      {"cap_linux_immutable", CAP_LINUX_IMMUTABLE},
      {"cap_net_bind_service", CAP_NET_BIND_SERVICE},
      {"cap_net_broadcast", CAP_NET_BROADCAST},
      {"cap_net_admin", CAP_NET_ADMIN},
      {"cap_net_raw", CAP_NET_RAW},
      {"cap_ipc_lock", CAP_IPC_LOCK},
      {"cap_ipc_owner", CAP_IPC_OWNER},
      {"cap_sys_module", CAP_SYS_MODULE},
      {"cap_sys_rawio", CAP_SYS_RAWIO},
      {"cap_sys_chroot", CAP_SYS_CHROOT},
      {"cap_sys_ptrace", CAP_SYS_PTRACE},
      {"cap_sys_pacct", CAP_SYS_PACCT},
      {"cap_sys_admin", CAP_SYS_ADMIN},
      {"cap_sys_boot", CAP_SYS_BOOT},
      {"cap_sys_nice", CAP_SYS_NICE},
      {"cap_sys_resource", CAP_SYS_RESOURCE},
      {"cap_sys_time", CAP_SYS_TIME},
      {"cap_sys_tty_config", CAP_SYS_TTY_CONFIG},
      {"cap_mknod", CAP_MKNOD},
      {"cap_lease", CAP_LEASE},
      {"cap_audit_write", CAP_AUDIT_WRITE},
      {"cap_audit_control", CAP_AUDIT_CONTROL},
      {"cap_setfcap", CAP_SETFCAP},
      {"cap_mac_override", CAP_MAC_OVERRIDE},
      {"cap_mac_admin", CAP_MAC_ADMIN},
      {"cap_syslog", CAP_SYSLOG},
      {"cap_wake_alarm", CAP_WAKE_ALARM},
      {"cap_block_suspend", CAP_BLOCK_SUSPEND},
      {"cap_audit_read", CAP_AUDIT_READ},
      {"cap_perfmon", CAP_PERFMON},
      {"cap_bpf", CAP_BPF},
      {"cap_checkpoint_restore", CAP_CHECKPOINT_RESTORE},
  }));
  CAPTURE(name);
  const auto capability = Capability::from_name(name);
  REQUIRE(capability);
  CHECK(capability->number() == number);
  CHECK(capability->name() == name);
  CHECK(Capability::from_number(number) == *capability);
}

TEST_CASE("all capabilities of the kernel's header are known") {
  CHECK(Capability::count() == CAP_LAST_CAP + 1);
}

TEST_CASE("a capability's case, its prefix and blanks around it do not matter") {
  const char* text = GENERATE("cap_net_raw", "CAP_NET_RAW", "Cap_Net_Raw", "net_raw", "NET_RAW",
                              " cap_net_raw ", "\tNET_RAW\n");
  CAPTURE(text);
  const auto capability = Capability::from_name(text);
  REQUIRE(capability);
  CHECK(capability->name() == "cap_net_raw");
}

TEST_CASE("what is not the name of a capability is none") {
  const char* text = GENERATE("", " ", "cap_", "13", "cap_13", "0", "cap_cap_net_raw", "cap_net",
                              "cap_net_rawx", "cap net raw", "cap_net_raw,cap_bpf", "all", "cap_all",
                              "~cap_net_raw", "cap-net-raw", "cap_net_raw=ep", "+cap_bpf", "cap_ bpf");
  CAPTURE(text);
  CHECK_FALSE(Capability::from_name(text));
}

TEST_CASE("a name with a null byte in it is not a capability") {
  CHECK_FALSE(Capability::from_name(std::string_view("cap_bpf\0", 8)));
}

TEST_CASE("a set merges duplicates and names its members in order") {
  const CapabilitySet set = set_of({"NET_RAW", "cap_bpf", "cap_net_raw", " Cap_Bpf "});
  CHECK(set.names() == std::vector<std::string>{"cap_bpf", "cap_net_raw"});
  CHECK(set.members().size() == 2);
  CHECK(set.bits() == ((std::uint64_t{1} << CAP_NET_RAW) | (std::uint64_t{1} << CAP_BPF)));
}

TEST_CASE("a set contains its members and every part of itself") {
  const CapabilitySet set = set_of({"net_raw", "bpf"});
  CHECK(set.contains(*Capability::from_name("bpf")));
  CHECK_FALSE(set.contains(*Capability::from_name("sys_admin")));
  CHECK(set.contains(set_of({"bpf"})));
  CHECK(set.contains(set));
  CHECK(set.contains(CapabilitySet()));
  CHECK_FALSE(set.contains(set_of({"bpf", "sys_admin"})));
  CHECK_FALSE(CapabilitySet().contains(set));
}

TEST_CASE("sets are joined, met and subtracted") {
  const CapabilitySet a = set_of({"net_raw", "bpf"});
  const CapabilitySet b = set_of({"bpf", "perfmon"});
  CHECK((a | b) == set_of({"net_raw", "bpf", "perfmon"}));
  CHECK((a & b) == set_of({"bpf"}));
  CHECK((a - b) == set_of({"net_raw"}));
  CapabilitySet c = a;
  c.erase(*Capability::from_name("net_raw"));
  CHECK(c == set_of({"bpf"}));
  c.erase(*Capability::from_name("bpf"));
  CHECK(c.empty());
}

TEST_CASE("the set of all holds every known capability and nothing else") {
  CHECK(CapabilitySet::all().members().size() == Capability::count());
  CHECK(CapabilitySet::all().bits() == 0x1ff'ffff'ffffULL);
}

TEST_CASE("a bit that this program has no name for is still shown") {
  const CapabilitySet set =
      CapabilitySet::from_bits((std::uint64_t{1} << 63U) | (std::uint64_t{1} << CAP_BPF));
  CHECK(set.names() == std::vector<std::string>{"63", "cap_bpf"});
  CHECK(set.members() == std::vector<Capability>{*Capability::from_name("bpf")});
  CHECK_FALSE(set == set_of({"bpf"}));
}

TEST_CASE("a file's capabilities are written as getcap writes them") {
  CHECK(to_file_text(CapabilitySet()).empty());
  CHECK(to_file_text(set_of({"net_raw"})) == "cap_net_raw=ep");
  CHECK(to_file_text(set_of({"net_raw", "bpf"})) == "cap_bpf,cap_net_raw=ep");
}
