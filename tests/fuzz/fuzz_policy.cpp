// Policies: one is valid or has errors, which are pointed at; and whatever it says, a deny denies, what has
// no allow allows nothing more, and further files that say nothing change nothing.
#include <algorithm>
#include <chrono>

#include "core/text.hpp"
#include "fuzz/property.hpp"
#include "policy/check.hpp"
#include "policy/judge.hpp"
#include "policy/site_policy.hpp"
#include "unit/unit_file.hpp"

namespace addon::fuzz {

namespace {

using policy::Allowances;
using policy::Judgement;
using policy::SitePolicy;
using policy::Verdict;

constexpr std::chrono::sys_days today = std::chrono::year(2026) / 6 / 15;

const AddonId probe = *AddonId::parse("probe");
const Version version = *Version::parse("1.0.0");

plan::Action unit_of(const char* name, const char* text) {
  const UnitName unit = *UnitName::parse(name);
  const unit::UnitFile parsed = unit::parse_unit(text, name).unit;
  return plan::InstallUnit{.addon = probe,
                           .version = version,
                           .unit = unit,
                           .before = {},
                           .after = Digest::of(text),
                           .name = {name, {}, {}},
                           .privileges = unit::analyze(parsed, unit).privileges,
                           .install = unit::read_install(parsed, unit),
                           .run_as = {},
                           .granted_program = {},
                           .granted = {},
                           .directives = parsed.directives};
}

plan::Plan make_plan() {
  host::FileCapabilities granted;
  granted.permitted.insert(*Capability::from_name("cap_net_raw"));
  granted.effective = true;
  plan::Terms terms{{"pushed-artifact", {}, {}}, {"systemd-service", {}, {}}, {"probe", {}, {}}};
  terms.state_dirs = {{"/var/lib/addons/x", {}, {}}};
  plan::Plan plan;
  plan.verb = "apply";
  plan.steps.push_back(
      {plan::SetCapabilities{
           probe, version, RelativePath::of({"probe"}), {}, granted, {{"cap_net_raw", {}, {}}}},
       {}});
  plan.steps.push_back(
      {unit_of("probe.service",
               "[Unit]\nWants=ssh.service\n[Service]\nUser=probe\nAmbientCapabilities=CAP_BPF\n"
               "SupplementaryGroups=disk\nBindPaths=/srv\nExecStart=-/opt/addons/probe/current/probe\n"
               "ExecStartPre=/bin/sh -c true\n"),
       {}});
  plan.steps.push_back({unit_of("addon-probe.service", "[Service]\nExecStart=/bin/true\n"), {}});
  plan.steps.push_back({unit_of("dynamic.service", "[Service]\nDynamicUser=yes\nExecStart=/bin/true\n"), {}});
  plan.steps.push_back({plan::SwitchCurrent{probe, {}, version, terms}, {}});
  return plan;
}

Judgement judge(const SitePolicy& policy) {
  static const plan::Plan plan = make_plan();
  return policy::judge(plan, policy, today);
}

bool is_capability(const Verdict& verdict) {
  return verdict.kind.find("capability") != std::string_view::npos;
}

/// That nothing is allowed to this that is refused to that: the same things are asked for, in one order.
void check_no_more(const std::vector<Verdict>& less, const std::vector<Verdict>& more, std::string_view why) {
  must(less.size() == more.size(), "the same things are judged");
  for (std::size_t i = 0; i < less.size(); ++i) {
    must(!less[i].allowed || more[i].allowed, why, less[i].subject);
  }
}

void check_judgement(const Judgement& judgement) {
  const bool refused = std::any_of(judgement.verdicts.begin(), judgement.verdicts.end(),
                                   [](const Verdict& verdict) { return !verdict.allowed; });
  must(refused == !judgement.findings.empty(), "there are findings if something is refused, and only then");
  for (const Finding& finding : judgement.findings)
    must(!finding.message.empty(), "a refusal says something");
}

void take_allows(Allowances& allowances) {
  Allowances kept;
  kept.capabilities_deny = std::move(allowances.capabilities_deny);
  kept.forbid = std::move(allowances.forbid);
  kept.require = std::move(allowances.require);
  allowances = std::move(kept);
}

SitePolicy without_allows(SitePolicy policy) {
  take_allows(policy.site);
  for (policy::Grant& grant : policy.grants) take_allows(grant.allowances);
  return policy;
}

SitePolicy both(const policy::PolicyFile& file, const std::string& more) {
  auto parsed = policy::parse_policy({file, {"more.yaml", more}});
  must(parsed.policy.has_value(), "two valid policies are one", words_of(parsed.findings));
  return std::move(*parsed.policy);
}

std::string deny_all() {
  return "policy: more\ncapabilities: {deny: [" + join(CapabilitySet::all().names(), ", ") + "]}\n";
}

void check_policy(const SitePolicy& policy, const policy::PolicyFile& file) {
  const Judgement judgement = judge(policy);
  check_judgement(judgement);
  check_findings(policy::check_policy(policy, today), file.text, Place::needed);
  check_findings(policy::expiring_grants(policy, today), file.text, Place::needed);
  check_findings(policy::unmatched_grants(policy, {probe}), file.text, Place::needed);
  check_no_more(judge(without_allows(policy)).verdicts, judgement.verdicts,
                "who takes allows away allows no more");

  const auto same = judge(both(file, "policy: more\n")).verdicts;
  check_no_more(same, judgement.verdicts, "a policy that says nothing allows nothing");
  check_no_more(judgement.verdicts, same, "a policy that says nothing refuses nothing");
  static const std::string deny = deny_all();
  for (const Verdict& verdict : judge(both(file, deny)).verdicts) {
    must(!is_capability(verdict) || !verdict.allowed, "a deny wins over every allow", verdict.subject);
  }
}

void look_at(std::string_view text) {
  const policy::PolicyFile file{"policy.yaml", std::string(text)};
  const policy::ParsedPolicy parsed = policy::parse_policy({file});
  check_findings(parsed.findings, text, Place::needed);
  must(parsed.policy.has_value() != has_errors(parsed.findings), "a policy is valid, or has errors");
  const policy::ParsedPolicy again = policy::parse_policy({file});
  must(words_of(parsed.findings) == words_of(again.findings), "parsing is deterministic");
  if (!parsed.policy) return;
  must(parsed.policy->digest == again.policy->digest, "digests are deterministic");
  check_policy(*parsed.policy, file);
}

}  // namespace

}  // namespace addon::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  addon::fuzz::look_at(addon::fuzz::text_of(data, size));
  return 0;
}
