#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

/// "KIND WHAT at FILE:LINE: yes|no [POLICY] WHY or the line to add" of each verdict.
Lines verdicts_of(const SitePolicy& policy, std::vector<plan::Action> actions) {
  Lines lines;
  for (const Verdict& verdict : judge(plan_of(std::move(actions)), policy, today).verdicts) {
    CHECK(verdict.addon == "probe");
    lines.push_back(fmt::format("{} {} at {}:{}: {} [{}] {}", verdict.kind, verdict.what, verdict.at.file,
                                verdict.at.line, verdict.allowed ? "yes" : "no",
                                verdict.policy ? to_string(*verdict.policy) : "",
                                verdict.entry.empty() ? verdict.why : verdict.entry.as_yaml()));
  }
  return lines;
}

}  // namespace

TEST_CASE("each thing in each place that asks for it has a verdict, with its line or the line to add") {
  const SitePolicy policy = policy_of(
      "capabilities: {allow: [CAP_NET_RAW], deny: [CAP_SYS_ADMIN]}\n"
      "delivery: {allow: [pushed-artifact]}\n"
      "run_as: {allow: [probe]}\n");
  CHECK(verdicts_of(policy, {file_capabilities("probe", {"cap_net_raw", "cap_sys_admin", "cap_bpf"}),
                             activation("probe", "pushed-artifact", "systemd-service", "probe")}) ==
        Lines{"capability cap_net_raw at addon.yaml:1: yes [policy.yaml:2] ",
              "capability cap_sys_admin at addon.yaml:2: no [policy.yaml:2] policy.yaml:2 denies capability "
              "cap_sys_admin",
              "capability cap_bpf at addon.yaml:3: no [] capabilities: {allow: [CAP_BPF]}",
              "delivery pushed-artifact at addon.yaml:6: yes [policy.yaml:3] ",
              "supervision systemd-service at addon.yaml:7: no [] supervision: {allow: [systemd-service]}",
              "user probe at addon.yaml:8: yes [policy.yaml:4] "});
}

TEST_CASE("what a unit asks for has its verdicts, also what needs no line and what a requirement lets pass") {
  const SitePolicy policy = policy_of(
      "run_as: {allow: [probe]}\n"
      "units: {names: ['*'], forbid: [PAMName], require: {ProtectSystem: [strict], ProtectHome: ['yes']}}\n");
  const plan::InstallUnit unit =
      unit_from("probe", "probe.service",
                "[Unit]\nWants=network.target ssh.service probe.service\n"
                "[Service]\nUser=probe\nGroup=adm\nPAMName=x\nProtectSystem=strict\n"
                "ExecStart=/opt/addons/probe/current/probe\nExecStartPre=+/bin/true\n");
  CHECK(verdicts_of(policy, {unit}) ==
        Lines{"unit-name probe.service at addon.yaml:12: yes [policy.yaml:3] ",
              "forbidden-directive PAMName at probe.service:6: no [policy.yaml:3] policy.yaml:3 forbids "
              "PAMName= in "
              "units, and probe.service has it",
              "required-directive ProtectSystem at probe.service:7: yes [policy.yaml:3] ",
              "required-directive ProtectHome at probe.service:0: no [policy.yaml:3] policy.yaml:3 requires "
              "ProtectHome=yes of units, and probe.service does not have it",
              "reference Wants=network.target at probe.service:2: yes [] a target that every unit may name",
              "reference Wants=ssh.service at probe.service:2: no [] units: {references: [\"ssh.service\"]}",
              "reference Wants=probe.service at probe.service:2: yes [] the add-on's own unit",
              "user probe at probe.service:4: yes [policy.yaml:2] ",
              "group adm at probe.service:5: no [] run_as: {allow: [adm]}",
              "program /opt/addons/probe/current/probe at probe.service:8: yes [] the add-on's own file",
              "exec-prefix + at probe.service:9: no [] units: {exec_prefixes: [\"+\"]}",
              "program /bin/true at probe.service:9: no [] units: {exec_paths: [\"/bin/true\"]}"});
}

TEST_CASE("each capability that root keeps has a verdict of its own, though the finding is one") {
  const SitePolicy policy = policy_of(
      "capabilities: {allow: [CAP_BPF], deny: [CAP_CHOWN]}\n"
      "run_as: {allow: [root]}\nunits: {names: ['*']}\n");
  const Judgement judgement = judge(plan_of({root_service_of("probe", "probe.service")}), policy, today);
  CHECK(judgement.findings.size() == 1);
  std::size_t allowed = 0;
  std::size_t denied = 0;
  std::size_t addable = 0;
  for (const Verdict& verdict : judgement.verdicts) {
    if (verdict.kind != "bounding-capability") continue;
    allowed += verdict.allowed ? 1U : 0U;
    denied += verdict.rule == &rules::policy_capability_denied ? 1U : 0U;
    addable += verdict.entry.empty() ? 0U : 1U;
  }
  CHECK(allowed == 1);
  CHECK(denied == 1);
  CHECK(addable == CapabilitySet::all().members().size() - 2);
}

TEST_CASE("a user that a policy cannot name has no line that would allow it") {
  const SitePolicy policy = policy_of("units: {names: ['*']}\n");
  CHECK(verdicts_of(policy, {unit_from("probe", "probe.service", "[Service]\nUser=1000\n")}).at(1) ==
        "user 1000 at probe.service:2: no [] no policy line allows probe.service to run as 1000");
}

TEST_CASE("a group that is refused with its user is refused in the verdicts, too") {
  const SitePolicy policy = policy_of("units: {names: ['*']}\n");
  const Lines found =
      verdicts_of(policy, {unit_from("probe", "probe.service", "[Service]\nUser=probe\nGroup=probe\n")});
  CHECK(found.at(2) == "group probe at probe.service:3: no [] run_as: {allow: [probe]}");
}
