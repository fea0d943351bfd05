#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

Version version_of(const char* text) {
  auto version = Version::parse(text);
  REQUIRE(version);
  return *version;
}

plan::Stage stage_of(const std::vector<std::uint64_t>& sizes) {
  plan::Stage stage{id_of("probe"), version_of("1.2.3"), "", {}, false, {"addon.yaml", 3, 10}};
  for (const std::uint64_t size : sizes) {
    const std::string name = "f" + std::to_string(stage.files.size());
    stage.files.push_back({RelativePath::of({name}), Digest(), size, 0644, false});
  }
  return stage;
}

const std::string usual_terms =
    "delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [systemd-service]}\n";

/// A plan that goes from one version to another, by that verb.
plan::Plan change_of(const char* verb, const char* from, const char* to) {
  plan::Action action = activation("probe", "pushed-artifact", "systemd-service");
  auto& change = std::get<plan::SwitchCurrent>(action);
  change.after = version_of(to);
  change.terms->version_at = {"addon.yaml", 3, 10};
  plan::Plan plan = plan_of({action});
  plan.verb = verb;
  plan.changes[id_of("probe")] = {plan::ChangeKind::update, version_of(from), version_of(to)};
  return plan;
}

std::size_t refused(const std::string& policy, const char* verb, const char* from, const char* to) {
  return judge(change_of(verb, from, to), policy_of(usual_terms + policy), today).findings.size();
}

}  // namespace

TEST_CASE("the files of a version are counted and added up") {
  const SitePolicy policy = policy_of("limits: {artifact_bytes: 1KiB, files: 2}\n");
  CHECK(refusals(policy, {stage_of({1000, 24})}).empty());
  CHECK(
      refusals(policy, {stage_of({1000, 24, 1})}) ==
      Lines{"addon.yaml:3 policy-limit [policy.yaml:2]: probe 1.2.3 has 1025 bytes, and policy.yaml:2 allows "
            "1024 | ship less, or raise the limit at policy.yaml:2",
            "addon.yaml:3 policy-limit [policy.yaml:2]: probe 1.2.3 has 3 files, and policy.yaml:2 allows 2 "
            "| ship less, or raise the limit at policy.yaml:2"});
  CHECK(refusals(SitePolicy::nothing(), {stage_of({1000, 24, 1})}).empty());
}

TEST_CASE("of several limits the smallest counts, whatever the order of files") {
  const PolicyFile small{"a.yaml", "policy: a\nlimits: {files: 1}\n"};
  const PolicyFile large{"b.yaml", "policy: b\nlimits: {files: 9}\n"};
  for (const auto& files : {std::vector{small, large}, std::vector{large, small}}) {
    const Lines found = refusals(*parse_policy(files).policy, {stage_of({1, 1})});
    REQUIRE(found.size() == 1);
    CHECK(found[0].find("[a.yaml:3]") == std::string::npos);
    CHECK(found[0].find("[a.yaml:2]") != std::string::npos);
  }
}

TEST_CASE("sizes are read in binary units, and one that overflows is an error") {
  const auto bytes = [](const std::string& size) {
    return policy_of("limits: {artifact_bytes: '" + size + "'}\n").limits.artifact_bytes.at(0).value;
  };
  CHECK(bytes("5") == 5);
  CHECK(bytes("5B") == 5);
  CHECK(bytes("3 KiB") == 3072);
  CHECK(bytes("512MiB") == 536870912);
  CHECK(bytes("2GiB") == 2147483648);
  CHECK(bytes("1TiB") == 1099511627776);
  CHECK(
      parse_findings({{"p.yaml", "policy: x\nlimits: {artifact_bytes: 99999999TiB}\n"}}) ==
      Lines{"p.yaml:2:26 error policy-invalid /limits/artifact_bytes: \"99999999TiB\" is more than any file "
            "system can hold | write a size such as 512MiB"});
}

TEST_CASE("apply does not replace a version by an older one unless a line allows it") {
  const Judgement judgement = judge(change_of("apply", "2.0.0", "1.9.0"), policy_of(usual_terms), today);
  REQUIRE(judgement.findings.size() == 1);
  const Finding& finding = judgement.findings[0];
  CHECK(finding.rule == &rules::policy_downgrade);
  CHECK(finding.message ==
        "probe 1.9.0 is older than 2.0.0, which is active; no policy line allows downgrades");
  CHECK(finding.fix == "go back with addonctl rollback probe, or let the site policy say downgrade: allow");
  CHECK(finding.at == SourceSpan{"addon.yaml", 3, 10});
  CHECK_FALSE(finding.policy);
  CHECK(refused("downgrade: deny\n", "apply", "2.0.0", "1.9.0") == 1);
  CHECK(refused("downgrade: allow\n", "apply", "2.0.0", "1.9.0") == 0);
  CHECK(refused("", "apply", "1.9.0", "2.0.0") == 0);
  CHECK(refused("", "apply", "2.0.0", "2.0.0-rc.1") == 1);
  CHECK(refused("", "apply", "2.0.0+b", "2.0.0+a") == 0);
}

TEST_CASE("a rollback is allowed to go back") {
  CHECK(refused("downgrade: deny\n", "rollback", "2.0.0", "1.9.0") == 0);
}

TEST_CASE("what is current counts where no record tells") {
  plan::Plan plan = change_of("apply", "1.0.0", "1.9.0");
  plan.changes.clear();
  std::get<plan::SwitchCurrent>(plan.steps[0].action).before = version_of("2.0.0");
  CHECK(judge(plan, policy_of(usual_terms), today).findings.size() == 1);
}

TEST_CASE("what was ever active counts, but for the version that is active now") {
  plan::Plan plan = change_of("apply", "1.0.0", "1.0.5");
  plan.changes[id_of("probe")].newest = version_of("1.1.0");
  const Judgement judgement = judge(plan, policy_of(usual_terms), today);
  REQUIRE(judgement.findings.size() == 1);
  CHECK(judgement.findings[0].message ==
        "probe 1.0.5 is older than 1.1.0, which was once active; no policy line allows downgrades");
  CHECK(judgement.findings[0].fix ==
        "apply 1.1.0 or a newer version, or let the site policy say downgrade: allow");
  CHECK(judge(plan, policy_of(usual_terms + "downgrade: allow\n"), today).findings.empty());
  plan.changes[id_of("probe")].from = version_of("1.0.5");
  CHECK(judge(plan, policy_of(usual_terms), today).findings.empty());
  plan = change_of("apply", "1.0.0", "1.1.0");
  plan.changes[id_of("probe")].newest = version_of("1.1.0");
  CHECK(judge(plan, policy_of(usual_terms), today).findings.empty());
}

TEST_CASE("a link that leads to a newer version than the record says is drift, and its repair no downgrade") {
  plan::Plan plan = change_of("apply", "1.9.0", "1.9.0");
  std::get<plan::SwitchCurrent>(plan.steps[0].action).before = version_of("9.9.9");
  CHECK(judge(plan, policy_of(usual_terms), today).findings.empty());
}

TEST_CASE("a deny of downgrades wins, and a decision names the line that allows them") {
  const PolicyFile allow{"a.yaml", "policy: a\ndowngrade: allow\n" + usual_terms};
  const PolicyFile deny{"b.yaml", "policy: b\ndowngrade: deny\n"};
  const plan::Plan plan = change_of("apply", "2.0.0", "1.9.0");
  for (const auto& files : {std::vector{allow, deny}, std::vector{deny, allow}}) {
    const Judgement judgement = judge(plan, *parse_policy(files).policy, today);
    REQUIRE(judgement.findings.size() == 1);
    CHECK(judgement.findings[0].policy == PolicyRef{"b.yaml", 2, ""});
    CHECK(judgement.findings[0].message ==
          "probe 1.9.0 is older than 2.0.0, which is active; b.yaml:2 denies downgrades");
  }
  const Judgement allowed = judge(plan, *parse_policy({allow}).policy, today);
  CHECK(allowed.findings.empty());
  CHECK(allowed.plan.steps[0].allowed_by.back().subject == "downgrade from 2.0.0 to 1.9.0");
  CHECK(allowed.plan.steps[0].allowed_by.back().by == PolicyRef{"a.yaml", 2, ""});
}

TEST_CASE("an add-on can be taken away without a signature") {
  const SitePolicy policy = policy_of("signatures: {required: true}\n");
  plan::SetCapabilities revoke{id_of("probe"), version_of("1.2.3"), RelativePath::of({"probe"}), {}, {}, {}};
  const UnitName unit = service_of("probe", "probe.service").unit;
  CHECK(refusals(policy, {plan::SwitchCurrent{id_of("probe"), version_of("1.2.3"), {}, {}}, revoke,
                          plan::RemoveUnit{id_of("probe"), unit, Digest()},
                          plan::SetEnablement{id_of("probe"), unit, {}, false},
                          plan::SetRunning{id_of("probe"), unit, plan::RunAction::stop, true, {}}})
            .empty());
}
