// What must hold of every policy, whatever its lines are: docs/policy.md, "The rule".
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "policy/judge.hpp"
#include "policy_text.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

using Facts = std::vector<Fact>;

rc::Gen<Fact> any_fact(const Facts& from) {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::elementOf(from), rc::gen::element<std::string>("", "", "probe", "s*", "**"),
                     rc::gen::inRange(0, 4)),
      [](const std::tuple<Fact, std::string, int>& drawn) {
        Fact fact = std::get<0>(drawn);
        fact.grant_id = std::get<1>(drawn);
        fact.expired = !fact.grant_id.empty() && std::get<2>(drawn) == 0;
        return fact;
      });
}

Facts facts_where(bool takes_away) {
  Facts facts;
  std::copy_if(all_facts().begin(), all_facts().end(), std::back_inserter(facts),
               [&](const Fact& fact) { return fact.takes_away() == takes_away; });
  return facts;
}

Facts any_facts(const Facts& from = all_facts()) { return *rc::gen::container<Facts>(any_fact(from)); }

/// The facts as files: which fact stands in which is drawn.
std::vector<PolicyFile> any_files(const Facts& facts) {
  std::vector<Facts> parts(3);
  for (const Fact& fact : facts) parts[*rc::gen::inRange<std::size_t>(0, 3)].push_back(fact);
  std::vector<PolicyFile> files;
  for (const Facts& part : parts) files.push_back(file_of(part, "f" + std::to_string(files.size())));
  return files;
}

template <class T>
std::vector<T> shuffled(std::vector<T> values) {
  for (std::size_t i = values.size(); i > 1; --i)
    std::swap(values[i - 1], values[*rc::gen::inRange<std::size_t>(0, i)]);
  return values;
}

/// That nothing is allowed which was not before.
void assert_no_more(const Verdicts& before, const Verdicts& after) {
  RC_ASSERT(before.size() == after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    RC_LOG() << after[i].first << "\n";
    RC_ASSERT(before[i].second || !after[i].second);
  }
}

bool is_told(const Verdict& verdict, const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.addon == verdict.addon && (finding.rule == verdict.rule || finding.at == verdict.at);
  });
}

bool is_caused(const Finding& finding, const std::vector<Verdict>& verdicts) {
  return std::any_of(verdicts.begin(), verdicts.end(), [&](const Verdict& verdict) {
    return !verdict.allowed && verdict.addon == finding.addon && verdict.rule == finding.rule &&
           verdict.at == finding.at;
  });
}

bool has(const std::vector<Verdict>& verdicts, const plan::Decision& decision) {
  return std::any_of(verdicts.begin(), verdicts.end(), [&](const Verdict& verdict) {
    return verdict.allowed && verdict.subject == decision.subject && verdict.policy == decision.by;
  });
}

/// The policy with one line more.
SitePolicy with_line(std::vector<PolicyFile> files, const Entry& entry) {
  files.push_back({"more", "policy: more\n" + entry.as_yaml() + "\n"});
  return policy_of(files);
}

}  // namespace

TEST_CASE("verdicts refuse if and only if there are findings, and the same things") {
  CHECK(rc::check([] {
    const SitePolicy policy = policy_of(any_files(any_facts()));
    for (const plan::Plan& plan : all_plans()) {
      const Judgement judgement = judge(plan, policy, today);
      for (const Verdict& verdict : judgement.verdicts) {
        RC_LOG() << verdict.subject << "\n";
        RC_ASSERT(verdict.allowed || is_told(verdict, judgement.findings));
      }
      for (const Finding& finding : judgement.findings) {
        RC_LOG() << finding.message << "\n";
        RC_ASSERT(is_caused(finding, judgement.verdicts));
      }
      for (const plan::Step& step : judgement.plan.steps) {
        for (const plan::Decision& decision : step.allowed_by) RC_ASSERT(has(judgement.verdicts, decision));
      }
    }
  }));
}

TEST_CASE("the line that a verdict offers does allow it") {
  CHECK(rc::check([] {
    const std::vector<PolicyFile> files = any_files(any_facts());
    const plan::Plan& plan = *rc::gen::elementOf(all_plans());
    const std::vector<Verdict> before = judge(plan, policy_of(files), today).verdicts;
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i].entry.empty()) continue;
      RC_LOG() << before[i].subject << ": " << before[i].entry.as_yaml() << "\n";
      const std::vector<Verdict> after = judge(plan, with_line(files, before[i].entry), today).verdicts;
      RC_ASSERT(after.size() == before.size());
      RC_ASSERT(after[i].subject == before[i].subject);
      RC_ASSERT(after[i].allowed);
    }
  }));
}

TEST_CASE("the requests can all be allowed one by one, so that no property holds of nothing") {
  Facts facts = facts_where(false);
  for (const Capability capability : CapabilitySet::all().members()) {
    facts.push_back({"capabilities", "allow", std::string(capability.name()), "", false});
  }
  const Verdicts found = verdicts(policy_of({file_of(facts, "f")}));
  const auto allowed = std::count_if(found.begin(), found.end(), [](const auto& one) { return one.second; });
  // Never: the program with ".." in its path, of two names and two add-ons, and with it all together.
  CHECK(allowed + 5 == static_cast<std::ptrdiff_t>(found.size()));
}

TEST_CASE("a policy without an allow that is in force allows nothing") {
  CHECK(rc::check([] {
    Facts facts = any_facts();
    std::erase_if(facts, [](const Fact& fact) { return !fact.takes_away() && !fact.expired; });
    for (const auto& [what, allowed] : verdicts(policy_of(any_files(facts)))) {
      RC_LOG() << what << "\n";
      RC_ASSERT(!allowed);
    }
  }));
}

TEST_CASE("adding an allow never takes a permission away") {
  CHECK(rc::check([] {
    Facts facts = any_facts();
    const Verdicts before = verdicts(policy_of(any_files(facts)));
    facts.push_back(*any_fact(facts_where(false)));
    assert_no_more(verdicts(policy_of(any_files(facts))), before);
  }));
}

TEST_CASE("adding a deny, a forbid or a requirement never gives a permission") {
  CHECK(rc::check([] {
    Facts facts = any_facts();
    const Verdicts before = verdicts(policy_of(any_files(facts)));
    facts.push_back(*any_fact(facts_where(true)));
    assert_no_more(before, verdicts(policy_of(any_files(facts))));
  }));
}

TEST_CASE("a deny wins over every allow") {
  CHECK(rc::check([] {
    Facts facts = any_facts(facts_where(false));
    Fact deny{"capabilities", "deny", "CAP_BPF", *rc::gen::element<std::string>("", "**"), false};
    deny.expired = !deny.grant_id.empty() && *rc::gen::arbitrary<bool>();
    facts.insert(
        facts.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(facts.size()) + 1),
        deny);
    for (const auto& [what, allowed] : verdicts(policy_of(any_files(facts)))) {
      const bool asks = what.ends_with("cap_bpf") || what.find("ambient") != std::string::npos ||
                        what.find("root") != std::string::npos || what == "all together";
      RC_LOG() << what << "\n";
      RC_ASSERT(!asks || !allowed);
    }
  }));
}

TEST_CASE("the order of files, grants and lines changes nothing") {
  CHECK(rc::check([] {
    const Facts facts = any_facts();
    const std::vector<PolicyFile> files = any_files(facts);
    const SitePolicy policy = policy_of(files);
    const SitePolicy reordered = policy_of(shuffled(files));
    RC_ASSERT(reordered.digest == policy.digest);
    RC_ASSERT(verdicts(reordered) == verdicts(policy));
    RC_ASSERT(verdicts(policy_of(any_files(shuffled(facts)))) == verdicts(policy));
  }));
}

TEST_CASE("time takes permissions away and never gives one") {
  CHECK(rc::check([] {
    const SitePolicy policy = policy_of(any_files(any_facts()));
    assert_no_more(verdicts(policy, today - std::chrono::days(1)), verdicts(policy, today));
  }));
}
