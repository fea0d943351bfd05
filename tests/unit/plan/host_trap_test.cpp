// What a host would make of a sound bundle: programs that others can write, names that stand for others, a
// filesystem without capabilities, a kernel without one.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
bundle::Bundle with_lines(const std::string& lines) {
  Files files = probe_files();
  std::string& unit = files.at("probe.service");
  unit.insert(unit.find("[Service]\n") + 10, lines);
  return make_bundle(files);
}

Lines found(const bundle::Bundle& probe, const host::HostState& host) {
  return messages(plan_for(apply({probe}), Generation{}, host).findings);
}
}  // namespace

TEST_CASE("a program that others than root can change is refused, naming it and the unit's line") {
  const auto probe = with_lines("ExecStartPre=/srv/tools/prepare\n");
  host::HostState host = empty_host({probe});
  CHECK(found(probe, host) == Lines{});
  host.programs["/srv/tools/prepare"].writable = {"/srv/tools belongs to user 1000"};
  CHECK(
      found(probe, host) ==
      Lines{
          "host-program-writable: ExecStartPre= of probe.service runs /srv/tools/prepare, which others than "
          "root can change: /srv/tools belongs to user 1000"});
}

TEST_CASE("a name that stands for the unit on the host is refused") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  host.units.at(unit_name("probe.service")).aliases = {"dbus.service"};
  CHECK(
      found(probe, host) ==
      Lines{"host-unit-foreign: a link on this host makes dbus.service another name of probe.service, so the "
            "unit would also be that one"});
}

TEST_CASE("a filesystem without file capabilities is told of before anything changes") {
  const auto probe = make_bundle(probe_files());
  host::HostState host = empty_host({probe});
  host.platform.file_capabilities = false;
  CHECK(found(probe, host) == Lines{"host-no-file-capabilities: the filesystem of /opt/addons takes no file "
                                    "capabilities (security.capability)"});
  host.live = false;
  CHECK(found(probe, host) == Lines{});
}

TEST_CASE("an ambient capability that the kernel does not know is refused") {
  const auto probe = with_lines("AmbientCapabilities=CAP_NET_RAW\n");
  host::HostState host = empty_host({probe});
  host.platform.known_capabilities.erase(*Capability::from_name("cap_net_raw"));
  const Lines lines = found(probe, host);
  REQUIRE(lines.size() == 2);
  CHECK(std::count(
            lines.begin(), lines.end(),
            "host-capability-unknown: the running kernel does not know cap_net_raw, which probe.service has "
            "as an ambient capability") == 1);
}
