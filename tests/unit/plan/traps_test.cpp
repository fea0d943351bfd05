// Privileges that would not be what they seem.
#include <catch2/catch.hpp>

#include "plan/lint.hpp"
#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
bundle::Bundle with_service(const std::string& service) {
  Files files = probe_files();
  files.at("probe.service") = "[Service]\n" + service + "[Install]\nWantedBy=multi-user.target\n";
  return make_bundle(files);
}
const std::string kStart = "ExecStart=/opt/addons/probe/current/probe\n";
}  // namespace

TEST_CASE("a unit that keeps what its program is granted has no trap") {
  CHECK(messages(traps(lint_steps(with_service("User=probe\n" + kStart)))) == Lines{});
  CHECK(messages(traps(lint_steps(
            with_service("User=probe\nCapabilityBoundingSet=CAP_NET_RAW\n" + kStart)))) == Lines{});
}

TEST_CASE("NoNewPrivileges makes file capabilities void, and both lines are named") {
  const auto findings = traps(lint_steps(with_service("User=probe\nNoNewPrivileges=yes\n" + kStart)));
  REQUIRE(
      messages(findings) ==
      Lines{"capability-no-new-privileges: probe.service runs /opt/addons/probe/current/probe without new "
            "privileges, so the file capabilities that bundles/it/addon.yaml:13:21 asks for have no effect"});
  CHECK(to_string(findings[0].at) == "bundles/it/probe.service:3:1");
}

TEST_CASE("a bounding set without a granted capability makes exec fail") {
  const auto findings =
      traps(lint_steps(with_service("User=probe\nCapabilityBoundingSet=CAP_BPF\n" + kStart)));
  REQUIRE(messages(findings) ==
          Lines{"capability-bounding-set: the bounding set of probe.service lacks cap_net_raw, which "
                "bundles/it/addon.yaml:13:21 asks for: systemd could not execute "
                "/opt/addons/probe/current/probe (203/EXEC)"});
  CHECK(findings[0].fix == "add cap_net_raw to CapabilityBoundingSet=");
  CHECK(to_string(findings[0].at) == "bundles/it/probe.service:3:1");
}

TEST_CASE("a unit that does not run the granted program has no trap of it") {
  const auto findings =
      traps(lint_steps(with_service("User=probe\nNoNewPrivileges=yes\nExecStart=/usr/bin/true\n")));
  CHECK(messages(findings) == Lines{});
}

TEST_CASE("a user who is not the manifest's is an error where he could not execute the program") {
  const auto other = traps(lint_steps(with_service("User=nobody\n" + kStart)));
  REQUIRE(messages(other) == Lines{"run-as-contradicts-user: probe.service runs as nobody, but "
                                   "bundles/it/addon.yaml:14:11 says run_as probe"});
  CHECK(other[0].severity == Severity::error);
  const auto root = traps(lint_steps(with_service(kStart)));
  REQUIRE(messages(root) == Lines{"run-as-contradicts-user: probe.service runs as root, but "
                                  "bundles/it/addon.yaml:14:11 says run_as probe"});
  CHECK(root[0].severity == Severity::warning);
}

TEST_CASE("traps are found in what a plan changes, and not in what stays as it is") {
  const auto probe = with_service("User=probe\nNoNewPrivileges=yes\n" + kStart);
  CHECK(plan_for(apply({probe}), Generation{}, empty_host({probe})).findings.size() == 1);
  host::HostState host = empty_host({});
  install(host, probe);
  CHECK(messages(plan_for(apply({probe}), generation_of({probe}), host).findings) == Lines{});
}

TEST_CASE("a unit that stays as it is becomes a trap by what a new version asks for") {
  const auto first = make_bundle(probe_files());
  host::HostState host = empty_host({});
  install(host, first);
  Files files = probe_files("2.0.0");
  std::string& manifest = files.at("addon.yaml");
  manifest.replace(manifest.find("run_as: probe"), 13, "run_as: other");
  const auto second = make_bundle(files);
  host.users["other"] = host.users.at("probe");
  CHECK(messages(plan_for(apply({second}), generation_of({first}), host).findings) ==
        Lines{"run-as-contradicts-user: probe.service runs as probe, but bundles/it/addon.yaml:14:11 says "
              "run_as other"});
}

TEST_CASE("a program with ambient capabilities keeps those of its file without new privileges") {
  // As seen in a process of systemd 252: the kernel lets it keep what systemd carried over.
  CHECK(messages(traps(lint_steps(with_service("User=probe\nNoNewPrivileges=yes\n"
                                               "AmbientCapabilities=CAP_NET_RAW\n" +
                                               kStart)))) == Lines{});
}

TEST_CASE("a command with + has what its unit would take away") {
  CHECK(messages(
            traps(lint_steps(with_service("User=probe\nNoNewPrivileges=yes\nCapabilityBoundingSet=CAP_BPF\n"
                                          "ExecStart=+/opt/addons/probe/current/probe\n")))) == Lines{});
}

TEST_CASE("ambient capabilities that the bounding set lacks are dropped") {
  const auto findings = traps(lint_steps(
      with_service("User=probe\nAmbientCapabilities=CAP_BPF CAP_CHOWN\nCapabilityBoundingSet=CAP_BPF\n"
                   "ExecStart=/usr/bin/true\n")));
  REQUIRE(messages(findings) ==
          Lines{"capability-ambient-void: AmbientCapabilities= of probe.service has cap_chown, which its "
                "bounding set by bundles/it/probe.service:4:1 lacks: systemd drops it"});
  CHECK(to_string(findings[0].at) == "bundles/it/probe.service:3:1");
  CHECK(findings[0].severity == Severity::error);
}

TEST_CASE("file capabilities clear the ambient set") {
  const auto findings =
      traps(lint_steps(with_service("User=probe\nAmbientCapabilities=CAP_NET_RAW CAP_BPF\n" + kStart)));
  REQUIRE(messages(findings) ==
          Lines{"capability-ambient-void: probe.service runs /opt/addons/probe/current/probe without cap_bpf "
                "of AmbientCapabilities=: the file capabilities that bundles/it/addon.yaml:13:21 asks for "
                "clear the ambient set"});
  CHECK(to_string(findings[0].at) == "bundles/it/probe.service:3:1");
}

TEST_CASE("ambient capabilities give root nothing, unless SecureBits= has noroot") {
  const std::string root = "User=root\nAmbientCapabilities=CAP_BPF\nExecStart=/usr/bin/true\n";
  const auto findings = traps(lint_steps(with_service(root)));
  REQUIRE(findings.size() == 2);
  CHECK(messages(findings)[0] ==
        "capability-ambient-void: AmbientCapabilities= gives probe.service nothing: by "
        "bundles/it/probe.service:2:1 it runs as root, which has its whole bounding set");
  CHECK(findings[0].severity == Severity::warning);
  CHECK(messages(traps(lint_steps(with_service(root + "SecureBits=noroot\n")))).size() == 1);
}

TEST_CASE("a program with capabilities and no run_as is for root only") {
  Files files = probe_files();
  std::string& manifest = files.at("addon.yaml");
  const auto line = manifest.find("  run_as: probe\n");
  REQUIRE(line != std::string::npos);
  manifest.erase(line, 16);
  CHECK(messages(traps(lint_steps(make_bundle(files)))) ==
        Lines{"run-as-contradicts-user: probe.service could not execute /opt/addons/probe/current/probe as "
              "probe: with the capabilities that bundles/it/addon.yaml:13:21 asks for and no run_as, it is "
              "for root only"});
}
