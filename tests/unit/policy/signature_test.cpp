// Who vouches for an add-on, and what that gives it.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "policy/check.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

const std::string kTerms = "delivery: {allow: [pushed-artifact]}\nsupervision: {allow: [systemd-service]}\n";

/// A plan that gives probe cap_bpf and makes it current, signed by that key ("": by nobody).
plan::Plan signed_plan(const std::string& key) {
  plan::Plan plan = plan_of(
      {file_capabilities("probe", {"cap_bpf"}), activation("probe", "pushed-artifact", "systemd-service")});
  if (!key.empty()) plan.signers.emplace(id_of("probe"), bundle::Signer{key, "00112233445566AA", "id:probe"});
  return plan;
}

/// "[POLICY] MESSAGE | FIX" of what is refused to it.
Lines refused(const std::string& policy, plan::Plan plan) {
  Lines lines;
  for (const Finding& finding : judge(std::move(plan), policy_of(kTerms + policy), today).findings) {
    lines.push_back(fmt::format("[{}] {} | {}", finding.policy ? to_string(*finding.policy) : "",
                                finding.message, finding.fix));
  }
  return lines;
}
Lines refused(const std::string& policy, const std::string& key) { return refused(policy, signed_plan(key)); }

const std::string kBpf = "capabilities: {allow: [CAP_BPF]}\n";
const std::string kGrant =
    "grants:\n  - name: probes\n    match: {id: [probe], signed_by: [release, lab]}\n"
    "    capabilities: {allow: [CAP_BPF]}\n";

}  // namespace

TEST_CASE("where a signature is required, what nobody has signed is refused once, with the line") {
  CHECK(refused(kBpf + "signatures: {required: true}\n", "") ==
        Lines{"[policy.yaml:5] policy.yaml:5 requires probe to be signed, and it is not | have the bundle "
              "signed by a trusted key"});
  CHECK(refused(kBpf + "signatures: {required: true, keys: [release, lab]}\n", "") ==
        Lines{"[policy.yaml:5] policy.yaml:5 requires probe to be signed, and it is not | have the bundle "
              "signed by release or lab"});
  CHECK(refused(kBpf + "signatures: {required: false, keys: [release]}\n", "").empty());
}

TEST_CASE("where keys are named, only theirs will do") {
  const std::string policy = kBpf + "signatures:\n  required: true\n  keys: [release]\n";
  CHECK(refused(policy, "release").empty());
  CHECK(refused(policy, "other") ==
        Lines{"[policy.yaml:7] policy.yaml:7 requires a signature by release, and probe is signed by other | "
              "have the bundle signed by release, or add other to signatures.keys"});
  CHECK(refused(kBpf + "signatures: {required: true}\n", "other").empty());
}

TEST_CASE("one file may require a signature and another name the keys") {
  const auto parsed =
      parse_policy({{"a.yaml", "policy: a\nsignatures: {required: true}\n" + kTerms + kBpf},
                    {"b.yaml", "policy: b\nsignatures: {required: false, keys: [release]}\n"}});
  REQUIRE(parsed.policy);
  CHECK(judge(signed_plan("release"), *parsed.policy, today).findings.empty());
  CHECK(judge(signed_plan("other"), *parsed.policy, today).findings.size() == 1);
  CHECK(judge(signed_plan(""), *parsed.policy, today).findings.size() == 1);
}

TEST_CASE("the decision names who signed and the line that believes them") {
  const auto decided = [](const std::string& policy) {
    const Judgement judgement = judge(signed_plan("release"), policy_of(kTerms + kBpf + policy), today);
    Lines lines;
    for (const plan::Step& step : judgement.plan.steps) {
      for (const plan::Decision& decision : step.allowed_by) {
        if (decision.subject.starts_with("signature"))
          lines.push_back(decision.subject + " by " + to_string(decision.by));
      }
    }
    return lines;
  };
  CHECK(decided("signatures:\n  required: true\n  keys: [lab, release]\n") ==
        Lines{"signature by release by policy.yaml:7"});
  CHECK(decided("signatures: {required: true}\n") == Lines{"signature by release by policy.yaml:5"});
  CHECK(decided("").empty());
}

TEST_CASE("a key that was trusted when the version was applied is named where it is missed") {
  plan::Plan plan = signed_plan("");
  plan::Release release{.id = id_of("probe"),
                        .version = *Version::parse("1.2.3"),
                        .delivery = {},
                        .supervision = {},
                        .run_as = "",
                        .binary = RelativePath::of({"probe"}),
                        .capabilities = {},
                        .files = {},
                        .units = {},
                        .primary = std::nullopt,
                        .health = {},
                        .manifest_sha256 = {}};
  release.signer = bundle::Signer{"old", "00112233445566AA", "id:probe"};
  plan.result.emplace(id_of("probe"), std::move(release));
  CHECK(refused(kBpf + "signatures: {required: true}\n", plan) ==
        Lines{"[policy.yaml:5] policy.yaml:5 requires probe to be signed, and the key old (00112233445566AA) "
              "that signed it is not trusted any more | apply a bundle signed by a trusted key; or put the "
              "key back into trusted-keys, if it is to vouch for what is installed"});
}

TEST_CASE("who vouches is judged even where nothing is given but the record changes") {
  plan::Plan plan;
  plan.verb = "apply";
  plan.changes[id_of("probe")] = {plan::ChangeKind::update, *Version::parse("1.2.3"),
                                  *Version::parse("1.2.3")};
  plan.signers.emplace(id_of("probe"), bundle::Signer{"other", "00112233445566AA", "id:probe"});
  CHECK(refused("signatures: {required: true, keys: [release]}\n", plan).size() == 1);
  CHECK(refused("signatures: {required: true, keys: [other]}\n", plan).empty());
}

TEST_CASE("a grant that is bound to a signature gives nothing to what others have signed") {
  CHECK(refused(kGrant, "release").empty());
  CHECK(refused(kGrant, "lab").empty());
  const std::string rest =
      " no policy line allows capability cap_bpf; grant \"probes\" does, for what release or lab has signed "
      "| "
      "have the bundle signed by release or lab";
  CHECK(refused(kGrant, "other") == Lines{"[policy.yaml:7 (grant probes)]" + rest});
  CHECK(refused(kGrant, "") == Lines{"[policy.yaml:7 (grant probes)]" + rest});
  CHECK(refused(kGrant + kBpf, "").empty());
}

TEST_CASE("a grant that is bound to nobody's signature gives nothing") {
  const std::string policy =
      "grants:\n  - {name: g, match: {id: [probe], signed_by: []}, capabilities: {allow: [CAP_BPF]}}\n";
  CHECK(refused(policy, "release").size() == 1);
  CHECK(refused(policy, "").size() == 1);
}

TEST_CASE("what a grant takes away holds whoever has signed") {
  const std::string policy =
      kBpf +
      "grants:\n  - {name: g, match: {id: [probe], signed_by: [release]}, capabilities: {deny: [CAP_BPF]}}\n";
  for (const char* key : {"", "release", "other"}) CHECK(refused(policy, key).size() == 1);
}

TEST_CASE("keys that change nothing, and keys that no file has, are told") {
  const auto messages = [](const std::vector<Finding>& findings) {
    Lines lines;
    for (const Finding& finding : findings) {
      CHECK(finding.severity == Severity::warning);
      lines.push_back(fmt::format("{}:{} {}: {} | {}", finding.at.line, finding.at.column, finding.rule->id,
                                  finding.message, finding.fix));
    }
    return lines;
  };
  CHECK(
      messages(check_policy(policy_of("signatures: {keys: [release]}\n"), today)) ==
      Lines{"2:21 policy-line-redundant: signatures.keys changes nothing, for no line requires a signature | "
            "set signatures.required to true, or remove it"});
  CHECK(check_policy(policy_of("signatures: {required: true, keys: [release]}\n"), today).empty());
  const SitePolicy policy = policy_of(kGrant + "signatures: {required: true, keys: [releese]}\n");
  const bundle::TrustedKey release{"release", {}};
  CHECK(messages(unknown_keys(policy, {release})) ==
        Lines{"6:37 policy-key-unknown: \"releese\" in signatures.keys is no key of this host | did you mean "
              "\"release\"?",
              "4:47 policy-key-unknown: \"lab\" in match.signed_by is no key of this host | put lab.pub into "
              "trusted-keys, or correct the name"});
}

TEST_CASE("a grant for what one key has signed is not made redundant by one for another") {
  const std::string two =
      "grants:\n"
      "  - {name: a, match: {id: [probe], signed_by: [release]}, capabilities: {allow: [CAP_BPF]}}\n"
      "  - {name: b, match: {id: [probe]";
  CHECK(check_policy(policy_of(two + ", signed_by: [lab]}, capabilities: {allow: [CAP_BPF]}}\n"), today)
            .empty());
  CHECK(check_policy(policy_of(two + ", signed_by: [release]}, capabilities: {allow: [CAP_BPF]}}\n"), today)
            .size() == 1);
  // The one for everybody makes the bound one void, never the other way round.
  const auto found = check_policy(policy_of(two + "}, capabilities: {allow: [CAP_BPF]}}\n"), today);
  REQUIRE(found.size() == 1);
  CHECK(found.front().at.line == 3);
}
