#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

// What `systemctl show` of systemd 252 reports for each of these was looked at on a booted host.

namespace {
CapabilitySet set_of(std::initializer_list<const char*> names) {
  CapabilitySet set;
  for (const char* name : names) set.insert(*Capability::from_name(name));
  return set;
}
CapabilitySet bounding(std::string_view lines) { return analyze_service(lines).privileges.bounding.value; }
CapabilitySet ambient(std::string_view lines) { return analyze_service(lines).privileges.ambient.value; }
}  // namespace

TEST_CASE("without CapabilityBoundingSet= every capability is in the bounding set") {
  const Privileges privileges = analyze_service("").privileges;
  CHECK(privileges.bounding.value == CapabilitySet::all());
  CHECK_FALSE(privileges.bounding_stated);
  CHECK(privileges.bounding.at == SourceSpan{"probe.service"});
  CHECK(privileges.ambient.value.empty());
}

TEST_CASE("repeated bounding sets add up, and the last line is where they stand") {
  const Privileges privileges =
      analyze_service("CapabilityBoundingSet=CAP_NET_RAW\nCapabilityBoundingSet=CAP_BPF\n").privileges;
  CHECK(privileges.bounding.value == set_of({"cap_net_raw", "cap_bpf"}));
  CHECK(privileges.bounding_stated);
  CHECK(privileges.bounding.at == SourceSpan{"probe.service", 4, 1});
}

TEST_CASE("an inverted first bounding set takes from all of them, a later one from what is there") {
  CHECK(bounding("CapabilityBoundingSet=~CAP_SYS_ADMIN CAP_BPF\nCapabilityBoundingSet=~CAP_NET_RAW\n") ==
        CapabilitySet::all() - set_of({"cap_sys_admin", "cap_bpf", "cap_net_raw"}));
  CHECK(bounding("CapabilityBoundingSet=CAP_NET_RAW CAP_BPF\nCapabilityBoundingSet=~CAP_BPF\n") ==
        set_of({"cap_net_raw"}));
  CHECK(bounding("CapabilityBoundingSet=~CAP_BPF CAP_KILL\nCapabilityBoundingSet=CAP_BPF\n") ==
        CapabilitySet::all() - set_of({"cap_kill"}));
}

TEST_CASE("an empty bounding set is empty, and a lone ~ is full") {
  CHECK(bounding("CapabilityBoundingSet=\n").empty());
  CHECK(bounding(
            "CapabilityBoundingSet=CAP_BPF\nCapabilityBoundingSet=\nCapabilityBoundingSet=CAP_NET_RAW\n") ==
        set_of({"cap_net_raw"}));
  CHECK(bounding("CapabilityBoundingSet=\nCapabilityBoundingSet=~CAP_BPF\n").empty());
  CHECK(bounding("CapabilityBoundingSet=CAP_BPF\nCapabilityBoundingSet=~\n") == CapabilitySet::all());
  CHECK(bounding("CapabilityBoundingSet=~\nCapabilityBoundingSet=CAP_BPF\n") == set_of({"cap_bpf"}));
}

TEST_CASE("ambient capabilities add up and are reset by an empty assignment") {
  CHECK(ambient("AmbientCapabilities=CAP_BPF "
                "cap_kill\nAmbientCapabilities=~CAP_KILL\nAmbientCapabilities=Cap_Chown\n") ==
        set_of({"cap_bpf", "cap_chown"}));
  CHECK(ambient("AmbientCapabilities=CAP_BPF\nAmbientCapabilities=\n").empty());
}

TEST_CASE("an inverted first ambient set grants all the others, as does one after the set became empty") {
  CHECK(ambient("AmbientCapabilities=~CAP_BPF\n") == CapabilitySet::all() - set_of({"cap_bpf"}));
  CHECK(
      ambient("AmbientCapabilities=CAP_BPF\nAmbientCapabilities=~CAP_BPF\nAmbientCapabilities=~CAP_KILL\n") ==
      CapabilitySet::all() - set_of({"cap_kill"}));
  CHECK(ambient("AmbientCapabilities=~\n") == CapabilitySet::all());
}

TEST_CASE("some switches take capabilities out of the bounding set, whatever it states") {
  CHECK(bounding("PrivateDevices=yes\n") == CapabilitySet::all() - set_of({"cap_mknod", "cap_sys_rawio"}));
  CHECK(bounding("ProtectClock=yes\n") == CapabilitySet::all() - set_of({"cap_sys_time", "cap_wake_alarm"}));
  CHECK(bounding("ProtectKernelLogs=yes\n") == CapabilitySet::all() - set_of({"cap_syslog"}));
  CHECK(bounding("ProtectKernelModules=yes\n") == CapabilitySet::all() - set_of({"cap_sys_module"}));
  CHECK(bounding(
            "PrivateDevices=1\nProtectClock=on\nCapabilityBoundingSet=CAP_MKNOD CAP_SYS_TIME CAP_KILL\n") ==
        set_of({"cap_kill"}));
  CHECK(bounding("PrivateDevices=yes\nPrivateDevices=no\nProtectKernelTunables=yes\n") ==
        CapabilitySet::all());
  CHECK_FALSE(analyze_service("PrivateDevices=yes\n").privileges.bounding_stated);
}

TEST_CASE("a name that systemd passes over is a finding and changes nothing") {
  const Analysis analysis = analyze_service(
      "CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMNI\nAmbientCapabilities=NET_RAW CAP_XYZZY_PLUGH\n");
  CHECK(analysis.privileges.bounding.value == set_of({"cap_net_raw"}));
  CHECK(analysis.privileges.ambient.value.empty());
  CHECK(shown(analysis.findings) == Lines{"capability-unknown probe.service:3:1: CapabilityBoundingSet= "
                                          "names \"CAP_NET_ADMNI\", which is not a Linux "
                                          "capability: systemd passes over it; write CAP_NET_ADMIN",
                                          "capability-unknown probe.service:4:1: AmbientCapabilities= names "
                                          "\"CAP_XYZZY_PLUGH\", which is not a Linux "
                                          "capability: systemd passes over it",
                                          "capability-unknown probe.service:4:1: AmbientCapabilities= names "
                                          "\"NET_RAW\", which is not a Linux "
                                          "capability: systemd passes over it; write CAP_NET_RAW"});
}

TEST_CASE("a list of nothing but unknown names is an empty assignment") {
  CHECK(bounding("CapabilityBoundingSet=CAP_NET_RAW\nCapabilityBoundingSet=CAP_NOSUCH\n").empty());
}

TEST_CASE("a number is taken, as systemd takes it, and is a finding") {
  const Analysis analysis = analyze_service("AmbientCapabilities=21\n");
  CHECK(analysis.privileges.ambient.value == set_of({"cap_sys_admin"}));
  CHECK(shown(analysis.findings) == Lines{"capability-unknown probe.service:3:1: AmbientCapabilities= names "
                                          "\"21\", which is a number: only a name says "
                                          "what is asked for; write CAP_SYS_ADMIN"});
}

TEST_CASE("capabilities before an open quote count, and the quote is a finding") {
  const Analysis analysis = analyze_service("CapabilityBoundingSet=CAP_NET_RAW \"CAP_BPF\n");
  CHECK(analysis.privileges.bounding.value == set_of({"cap_net_raw"}));
  CHECK(shown(analysis.findings) ==
        Lines{"unit-value probe.service:3:1: CapabilityBoundingSet=\"CAP_NET_RAW \\\"CAP_BPF\" has a quote "
              "that is not "
              "closed, or ends with a backslash; close the quote, or write \\\\ for a backslash"});
}
