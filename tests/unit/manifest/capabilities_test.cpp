#include <catch2/catch.hpp>

#include "texts.hpp"

using namespace addon;
using Lines = std::vector<std::string>;

namespace {
std::string asking_for(std::string_view list) {
  return manifest_with("requires: {}", "requires: {os_capabilities: " + std::string(list) + "}");
}
std::vector<std::string> names_of(std::string_view list) {
  return manifest_of(asking_for(list)).capability_set().names();
}
}  // namespace

TEST_CASE("capabilities are taken in any case, with or without cap_, trimmed, merged and sorted") {
  CHECK(names_of("[CAP_NET_RAW, cap_bpf, net_admin, ' Cap_Bpf ', NET_RAW]") ==
        std::vector<std::string>{"cap_bpf", "cap_net_admin", "cap_net_raw"});
  const manifest::Manifest manifest = manifest_of(asking_for("[CAP_NET_RAW, cap_net_admin, cap_NET_raw]"));
  REQUIRE(manifest.os_capabilities.size() == 2);
  CHECK(manifest.os_capabilities[0].capability.name() == "cap_net_admin");
  CHECK(manifest.os_capabilities[1].capability.name() == "cap_net_raw");
  CHECK(manifest.os_capabilities[1].pointer == "/requires/os_capabilities/0");
}

TEST_CASE("a blank capability is dropped with a warning") {
  CHECK(faults(asking_for("[CAP_NET_RAW, '  ']")) ==
        Lines{"9:43 capability-blank (warning) /requires/os_capabilities/1: requires.os_capabilities[1] is "
              "blank and is "
              "dropped | remove it"});
  CHECK(names_of("['', CAP_NET_RAW]") == std::vector<std::string>{"cap_net_raw"});
}

TEST_CASE("a list of nothing but blanks is an error, an empty list is none") {
  CHECK(faults(asking_for("['', ' ']")) == Lines{"9:29 capability-blank /requires/os_capabilities: "
                                                 "requires.os_capabilities asks for capabilities, but names "
                                                 "none | name the capabilities, or write []"});
  CHECK(names_of("[]").empty());
}

TEST_CASE("an unknown capability fails the whole request, and is told what was meant") {
  CHECK(
      faults(asking_for("[CAP_NET_RAW, CAP_NET_RWA]")) ==
      Lines{"9:43 capability-unknown /requires/os_capabilities/1: \"CAP_NET_RWA\" is not the name of a Linux "
            "capability; did you mean CAP_NET_RAW? | write CAP_NET_RAW"});
  CHECK(faults(asking_for("[sys_admn]")) == Lines{"9:30 capability-unknown /requires/os_capabilities/0: "
                                                  "\"sys_admn\" is not the name of a Linux capability; "
                                                  "did you mean CAP_SYS_ADMIN? | write CAP_SYS_ADMIN"});
  CHECK(faults(asking_for("[all]")) == Lines{"9:30 capability-unknown /requires/os_capabilities/0: \"all\" "
                                             "is not the name of a Linux capability | use a "
                                             "name from capabilities(7)"});
  CHECK(faults(asking_for("[13]")) == Lines{"9:30 capability-unknown /requires/os_capabilities/0: \"13\" is "
                                            "not the name of a Linux capability | use a "
                                            "name from capabilities(7)"});
}
