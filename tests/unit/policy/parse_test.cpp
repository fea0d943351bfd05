#include <catch2/catch.hpp>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

TEST_CASE("a whole policy is read with the line of each item") {
  const SitePolicy policy = policy_of(
      "version: 1\n"
      "supervision: {allow: [systemd-service,\n"
      "   systemd-timer]}\n"
      "delivery: {allow: [pushed-artifact]}\n"
      "run_as:\n"
      "  allow: [probe]\n"
      "  allow_dynamic_user: true\n"
      "units:\n"
      "  names:\n"
      "    - addon-*.service\n"
      "  exec_prefixes: ['-']\n"
      "grants:\n"
      "  - name: one\n"
      "    match: {id: [probe]}\n"
      "    reason: SEC-1\n"
      "    expires: 2027-06-30\n");
  CHECK(policy.names == Lines{"test"});
  REQUIRE(policy.site.supervision.size() == 2);
  CHECK(policy.site.supervision[0].at.line == 3);
  CHECK(policy.site.supervision[1].at.line == 4);
  CHECK(policy.site.supervision[1].value == manifest::Supervision::systemd_timer);
  CHECK(policy.site.delivery.at(0).value == manifest::Delivery::pushed_artifact);
  CHECK(policy.site.run_as.at(0).value == "probe");
  CHECK(policy.site.allow_dynamic_user->value);
  CHECK(policy.site.allow_dynamic_user->at == PolicyRef{"policy.yaml", 8, ""});
  CHECK(policy.site.unit_names.at(0).at == PolicyRef{"policy.yaml", 11, ""});
  CHECK(policy.site.exec_prefixes.at(0).value == "-");
  REQUIRE(policy.grants.size() == 1);
  CHECK(policy.grants[0].name == "one");
  CHECK(policy.grants[0].reason == "SEC-1");
  CHECK(policy.grants[0].at == PolicyRef{"policy.yaml", 14, "one"});
  using namespace std::chrono;
  CHECK(*policy.grants[0].expires == year(2027) / 6 / 30);
}

TEST_CASE("a capability that does not exist is an error wherever it stands") {
  CHECK(parse_findings({{"p.yaml",
                         "policy: x\n"
                         "capabilities: {allow: [CAP_NET_RAWW], deny: [banana]}\n"
                         "grants:\n"
                         "  - name: g\n"
                         "    match: {id: [a]}\n"
                         "    capabilities: {allow: ['']}\n"}}) ==
        Lines{"p.yaml:2:24 error policy-invalid /capabilities/allow/0: \"CAP_NET_RAWW\" is not a Linux "
              "capability | "
              "did you mean cap_net_raw?",
              "p.yaml:2:46 error policy-invalid /capabilities/deny/0: \"banana\" is not a Linux capability | "
              "use a "
              "name of capabilities(7)",
              "p.yaml:6:28 error policy-invalid /grants/0/capabilities/allow/0: \"\" is not a Linux "
              "capability | use "
              "a name of capabilities(7)"});
}

TEST_CASE("two grants of one name are an error, also in two files") {
  const std::string text = "policy: x\ngrants:\n  - {name: g, match: {id: [a]}}\n";
  CHECK(parse_findings({{"a.yaml", text}, {"b.yaml", text}}) ==
        Lines{"b.yaml:3:5 error policy-invalid /grants/0: grant \"g\" is defined twice: the other is at "
              "a.yaml:3 | "
              "give each grant a name of its own"});
}

TEST_CASE("a grant that matches nothing is an error") {
  CHECK(parse_findings({{"p.yaml", "policy: x\ngrants:\n  - {name: g, match: {id: []}}\n"}}) ==
        Lines{"p.yaml:3:27 error policy-invalid /grants/0/match/id: grant \"g\" matches no add-on | name the "
              "add-ons "
              "that it is for in match.id"});
}

TEST_CASE("a day that the calendar does not have is an error") {
  CHECK(parse_findings(
            {{"p.yaml", "policy: x\ngrants:\n  - {name: g, match: {id: [a]}, expires: 2027-02-29}\n"}}) ==
        Lines{"p.yaml:3:42 error policy-invalid /grants/0/expires: \"2027-02-29\" is not a day | write a day "
              "of the "
              "calendar as YYYY-MM-DD"});
}

TEST_CASE("every finding of every file is reported") {
  const Lines found = parse_findings({{"a.yaml", "policy: x\ncapabilites: {allow: []}\n"},
                                      {"b.yaml", "policy: x\ncapabilities: {allow: [banana]}\n"},
                                      {"c.yaml", "policy: [\n"}});
  REQUIRE(found.size() == 3);
  CHECK(found[0].find("a.yaml:2:1 error schema-unknown-key") == 0);
  CHECK(found[1].find("b.yaml:2:24 error policy-invalid") == 0);
  CHECK(found[2].find("c.yaml:") == 0);
  CHECK(found[2].find("document-syntax") != std::string::npos);
}

TEST_CASE("no file at all is a policy that allows nothing") {
  const ParsedPolicy parsed = parse_policy({});
  REQUIRE(parsed.policy);
  CHECK(parsed.findings.empty());
  CHECK(parsed.policy->site.capabilities_allow.empty());
}
