#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "unit/install.hpp"
#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

// Facts about published units, read off them by eye. They lie beside the project, not in it:
// ADDONCTL_UPSTREAM names their place, and without them there is nothing to test here.

namespace {
std::filesystem::path units_directory() {
  const char* place = std::getenv("ADDONCTL_UPSTREAM");
  return std::filesystem::path(place != nullptr ? place : UPSTREAM_DEFAULT) / "units";
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Analysis analyze_upstream(const std::string& name) {
  return analyze_text(text_of(units_directory() / name), name);
}

std::ptrdiff_t count_prefix(const Privileges& privileges, std::string_view prefix) {
  return std::count_if(privileges.exec.begin(), privileges.exec.end(),
                       [&](const ExecCommand& command) { return command.has_prefix(prefix); });
}

bool has_units() {
  if (std::filesystem::is_directory(units_directory())) return true;
  WARN("no published units at " << units_directory());
  return false;
}
}  // namespace

TEST_CASE("every published unit is read without a finding") {
  if (!has_units()) return;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(units_directory())) {
    if (entry.path().extension() == ".conf") continue;
    ++count;
    INFO(entry.path());
    CHECK(shown(analyze_upstream(entry.path().filename()).findings).empty());
  }
  CHECK(count >= 22);
}

TEST_CASE("netprobe starts as root, with five commands of full privilege and setuid in its bounding set") {
  if (!has_units()) return;
  const Privileges privileges = analyze_upstream("serviceradar-netprobe.service").privileges;
  CHECK(privileges.runs_as_root());
  CHECK(privileges.user.value.empty());
  CHECK(privileges.group.value == "serviceradar");
  CHECK(count_prefix(privileges, "+") == 5);
  CHECK(privileges.exec.size() == 6);
  CHECK(privileges.bounding.value.names() ==
        Lines{"cap_bpf", "cap_net_admin", "cap_net_raw", "cap_perfmon", "cap_setgid", "cap_setuid"});
  CHECK(privileges.ambient.value.names() == Lines{"cap_bpf", "cap_net_admin", "cap_net_raw", "cap_perfmon"});
  // It has directives that imply NoNewPrivileges=, but not for root.
  CHECK_FALSE(privileges.no_new_privileges_effective.value);
  const auto main = std::find_if(privileges.exec.begin(), privileges.exec.end(),
                                 [](const ExecCommand& command) { return command.directive == "ExecStart"; });
  REQUIRE(main != privileges.exec.end());
  CHECK(main->program == "/var/lib/serviceradar/agent/addons/netprobe/current/serviceradar-netprobe");
  CHECK(main->arguments == Lines{"--socket", "/run/serviceradar/netprobe/ipc.sock", "--config",
                                 "/etc/serviceradar/sidecars/netprobe.json", "--ebpf-object",
                                 "/var/lib/serviceradar/agent/addons/netprobe/current/netprobe_ebpf.o",
                                 "--drop-user", "serviceradar"});
}

TEST_CASE("the agent with an updater may gain privileges, and has five capabilities in its bounding set") {
  if (!has_units()) return;
  const Privileges privileges =
      analyze_upstream("serviceradar-agent-with-updater-bounding-set.service").privileges;
  CHECK(privileges.user.value == "serviceradar");
  CHECK_FALSE(privileges.no_new_privileges_effective.value);
  CHECK(privileges.bounding.value.names() ==
        Lines{"cap_chown", "cap_dac_override", "cap_fowner", "cap_net_raw", "cap_setfcap"});
  CHECK(privileges.ambient.value.names() == Lines{"cap_net_raw"});
}

TEST_CASE("the NATS server has no capability and an alias") {
  if (!has_units()) return;
  const std::string name = "host-serviceradar-nats.service";
  const Privileges privileges = analyze_upstream(name).privileges;
  CHECK(privileges.user.value == "nats");
  CHECK(privileges.bounding.value.empty());
  CHECK(privileges.no_new_privileges.value);
  const Install install =
      read_install(parse_unit(text_of(units_directory() / name), name).unit, name_of(name));
  REQUIRE(install.alias.size() == 1);
  CHECK(install.alias[0].value == "nats.service");
  CHECK(install_links(install, name_of(name)) ==
        std::vector<InstallLink>{{"multi-user.target.wants/" + name, "/etc/systemd/system/" + name}});
}

TEST_CASE("the inventory scanner for ScaLibr runs as root with every capability, started by its timer") {
  if (!has_units()) return;
  const std::string stem = "serviceradar-scalibr-endpoint-inventory";
  const Privileges privileges = analyze_upstream(stem + ".service").privileges;
  CHECK(privileges.runs_as_root());
  CHECK(privileges.bounding.value == CapabilitySet::all());
  CHECK_FALSE(privileges.bounding_stated);
  CHECK(privileges.no_new_privileges.value);
  CHECK(count_prefix(privileges, "+") == 1);
  const UnitFile timer = parse_unit(text_of(units_directory() / (stem + ".timer")), stem + ".timer").unit;
  CHECK(read_install(timer, name_of(stem + ".timer")).activates.value == stem + ".service");
}

TEST_CASE("a published drop-in adds a command of full privilege to a unit") {
  if (!has_units()) return;
  UnitFile unit =
      parse_unit(text_of(units_directory() / "host-serviceradar-agent.service"), "agent.service").unit;
  const UnitFile drop_in =
      parse_unit(text_of(units_directory() / "50-serviceradar-shared-runtime.conf"), "50.conf").unit;
  unit.directives.insert(unit.directives.end(), drop_in.directives.begin(), drop_in.directives.end());
  const Privileges privileges = analyze(unit, name_of("agent.service")).privileges;
  REQUIRE(count_prefix(privileges, "+") == 1);
  CHECK(privileges.exec.back().at == SourceSpan{"50.conf", 5, 1});
}
