#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

// Whether NoNewPrivs was 1 in /proc/self/status of such a unit was looked at on a booted host.

namespace {
bool is_implied(std::string_view lines) {
  const Privileges privileges = analyze_service("User=nobody\n" + std::string(lines)).privileges;
  CHECK_FALSE(privileges.no_new_privileges.value);
  return privileges.no_new_privileges_effective.value;
}
}  // namespace

TEST_CASE("NoNewPrivileges= is effective for every user") {
  for (const char* user : {"", "User=nobody\n", "User=root\n"}) {
    const Privileges privileges = analyze_service("NoNewPrivileges=yes\n" + std::string(user)).privileges;
    CHECK(privileges.no_new_privileges_effective.value);
    CHECK(privileges.no_new_privileges_effective.at == SourceSpan{"probe.service", 3, 1});
  }
  const Privileges off = analyze_service("User=nobody\nNoNewPrivileges=no\n").privileges;
  CHECK_FALSE(off.no_new_privileges_effective.value);
  CHECK(off.no_new_privileges_effective.at == SourceSpan{"probe.service", 4, 1});
}

TEST_CASE("fifteen directives and DynamicUser= imply it for a user other than root") {
  for (const char* line :
       {"LockPersonality=on", "MemoryDenyWriteExecute=on", "PrivateDevices=on", "ProtectClock=on",
        "ProtectHostname=on", "ProtectKernelLogs=on", "ProtectKernelModules=on", "ProtectKernelTunables=on",
        "RestrictRealtime=on", "RestrictSUIDSGID=on", "RestrictAddressFamilies=AF_UNIX",
        "RestrictNamespaces=yes", "SystemCallArchitectures=native", "SystemCallFilter=@system-service",
        "SystemCallLog=@clock"}) {
    INFO(line);
    CHECK(is_implied(line));
    CHECK_FALSE(analyze_service(line).privileges.no_new_privileges_effective.value);
    CHECK_FALSE(
        analyze_service("User=root\n" + std::string(line)).privileges.no_new_privileges_effective.value);
  }
  CHECK(analyze_service("DynamicUser=yes\n").privileges.no_new_privileges_effective.value);
}

TEST_CASE("it is implied in spite of NoNewPrivileges=no and of CAP_SYS_ADMIN as an ambient capability") {
  CHECK(is_implied("NoNewPrivileges=no\nPrivateDevices=yes\n"));
  CHECK(is_implied("AmbientCapabilities=CAP_SYS_ADMIN\nPrivateDevices=yes\n"));
}

TEST_CASE("root without CAP_SYS_ADMIN in its bounding set keeps its chance of new privileges") {
  CHECK_FALSE(analyze_service("CapabilityBoundingSet=CAP_NET_RAW\nRestrictRealtime=yes\n")
                  .privileges.no_new_privileges_effective.value);
}

TEST_CASE("other restrictions do not imply it") {
  for (const char* line : {"LockPersonality=off", "ProtectControlGroups=yes", "ProtectSystem=strict",
                           "ProtectHome=yes", "PrivateTmp=yes", "PrivateNetwork=yes", "PrivateUsers=yes",
                           "ProtectProc=invisible", "SystemCallErrorNumber=EPERM", "RestrictFileSystems=ext4",
                           "Personality=x86-64", "KeyringMode=private"}) {
    INFO(line);
    CHECK_FALSE(is_implied(line));
  }
}

TEST_CASE("the first of several lines that imply it is named") {
  const Privileges privileges =
      analyze_service(
          "ProtectSystem=strict\nSystemCallArchitectures=native\nUser=nobody\nLockPersonality=yes\n")
          .privileges;
  CHECK(privileges.no_new_privileges_effective.at == SourceSpan{"probe.service", 4, 1});
}

TEST_CASE("address families imply it as long as the filter is one") {
  CHECK(is_implied("RestrictAddressFamilies=none\n"));
  CHECK(is_implied("RestrictAddressFamilies=~AF_INET\n"));
  CHECK(is_implied("RestrictAddressFamilies=AF_INET\nRestrictAddressFamilies=~AF_INET\n"));
  CHECK_FALSE(is_implied("RestrictAddressFamilies=~\n"));
  CHECK_FALSE(is_implied("RestrictAddressFamilies=~AF_INET\nRestrictAddressFamilies=AF_INET\n"));
  CHECK_FALSE(is_implied("RestrictAddressFamilies=~AF_UNIX\nRestrictAddressFamilies=AF_LOCAL\n"));
  CHECK_FALSE(is_implied("RestrictAddressFamilies=AF_INET\nRestrictAddressFamilies=\n"));
  CHECK(is_implied("RestrictAddressFamilies=AF_NOSUCH\n"));
  CHECK_FALSE(is_implied("RestrictAddressFamilies=~AF_NOSUCH\n"));
}

TEST_CASE("system call filters imply it as long as they are one") {
  CHECK(is_implied("SystemCallFilter=~@clock\n"));
  CHECK(is_implied("SystemCallFilter=~bpf:EPERM\n"));
  CHECK(is_implied("SystemCallFilter=@clock\nSystemCallFilter=~@clock\n"));
  CHECK_FALSE(is_implied("SystemCallFilter=~\n"));
  CHECK_FALSE(is_implied("SystemCallFilter=@clock\nSystemCallFilter=\n"));
  CHECK_FALSE(is_implied("SystemCallFilter=~@clock\nSystemCallFilter=@clock\n"));
  CHECK_FALSE(is_implied("SystemCallLog=~\n"));
  CHECK_FALSE(is_implied("SystemCallArchitectures=native\nSystemCallArchitectures=\n"));
  CHECK_FALSE(is_implied("SystemCallArchitectures=nonsense\n"));
}

TEST_CASE("namespaces imply it when any is out of bounds") {
  CHECK(is_implied("RestrictNamespaces=user\n"));
  CHECK(is_implied("RestrictNamespaces=~user\n"));
  CHECK(is_implied("RestrictNamespaces=no\nRestrictNamespaces=~user\n"));
  CHECK_FALSE(is_implied("RestrictNamespaces=no\n"));
  CHECK_FALSE(is_implied("RestrictNamespaces=~\n"));
  CHECK_FALSE(is_implied("RestrictNamespaces=yes\nRestrictNamespaces=\n"));
  CHECK_FALSE(is_implied("RestrictNamespaces=cgroup ipc net mnt pid user uts\n"));
  CHECK_FALSE(is_implied("RestrictNamespaces=~user\nRestrictNamespaces=user\n"));
}

TEST_CASE("words that systemd would pass over in a restriction are findings") {
  CHECK(
      shown(analyze_service("RestrictAddressFamilies=AF_INET AF_INTE\nSystemCallFilter=@sytem-service\n"
                            "SystemCallArchitectures=amd64\nRestrictNamespaces=user nett\n")
                .findings) ==
      Lines{
          "unit-value probe.service:3:1: RestrictAddressFamilies=\"AF_INET AF_INTE\" names \"AF_INTE\", "
          "which is not an "
          "address family; systemd ignores it; correct the name or leave it out",
          "unit-value probe.service:4:1: SystemCallFilter=\"@sytem-service\" names \"@sytem-service\", which "
          "is not a "
          "group of system calls; systemd ignores it; correct the name or leave it out",
          "unit-value probe.service:5:1: SystemCallArchitectures=\"amd64\" names \"amd64\", which is not an "
          "architecture; systemd ignores it; correct the name or leave it out",
          "unit-value probe.service:6:1: RestrictNamespaces=\"user nett\" names \"nett\", which is not a "
          "namespace; "
          "systemd ignores the whole line; write yes, no, or names of cgroup, ipc, net, mnt, pid, user, "
          "uts"});
}
