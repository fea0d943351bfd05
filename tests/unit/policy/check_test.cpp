#include "policy/check.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "policy/patterns.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {

Lines shown(const std::vector<Finding>& findings) {
  Lines lines;
  for (const Finding& finding : findings) {
    CHECK(finding.severity == Severity::warning);
    CHECK_FALSE(finding.fix.empty());
    lines.push_back(fmt::format("{}:{} {} [{}]: {}", finding.at.line, finding.at.column, finding.rule->id,
                                finding.policy ? to_string(*finding.policy) : "", finding.message));
  }
  return lines;
}

Lines checked(std::string_view text) { return shown(check_policy(policy_of(text), today)); }

}  // namespace

TEST_CASE("a policy in which every line does something has no findings") {
  CHECK(checked("capabilities: {allow: [CAP_NET_RAW], deny: [CAP_SYS_ADMIN]}\n"
                "run_as: {allow: [probe], allow_dynamic_user: true}\n"
                "units: {names: ['addon-*.service'], exec_paths: [/usr/bin/env, '/usr/lib/addons/**'],"
                " references: [dbus.service], forbid: [PAMName]}\n"
                "paths: {state_dirs: ['/var/lib/addons/*']}\n"
                "limits: {files: 10}\n"
                "grants:\n"
                "  - {name: a, match: {id: [probe]}, capabilities: {allow: [CAP_BPF]}}\n"
                "  - {name: b, match: {id: [scan]}, capabilities: {allow: [CAP_BPF]}}\n")
            .empty());
}

TEST_CASE("an allow that a deny takes away is told with both lines, once") {
  CHECK(
      checked("capabilities:\n  allow: [CAP_BPF, cap_bpf]\n  deny: [CAP_BPF]\n") ==
      Lines{
          "3:11 policy-allow-denied [policy.yaml:4]: cap_bpf is allowed here, and policy.yaml:4 denies it: a "
          "deny wins",
          "3:20 policy-allow-denied [policy.yaml:4]: cap_bpf is allowed here, and policy.yaml:4 denies it: a "
          "deny wins"});
  // A deny for some add-ons leaves the allow to the others; one for at least the same add-ons does not.
  CHECK(checked("capabilities: {allow: [CAP_BPF]}\n"
                "grants:\n"
                "  - {name: no, match: {id: [probe]}, capabilities: {deny: [CAP_BPF]}}\n")
            .empty());
  CHECK(
      checked("grants:\n"
              "  - {name: no, match: {id: ['p*']}, expires: 2020-01-01, capabilities: {deny: [CAP_BPF]}}\n"
              "  - {name: yes, match: {id: [probe]}, capabilities: {allow: [CAP_BPF]}}\n") ==
      Lines{"3:46 policy-grant-expired [policy.yaml:3 (grant no)]: grant \"no\" expired on 2020-01-01",
            "4:62 policy-allow-denied [policy.yaml:3 (grant no)]: cap_bpf is allowed here, and policy.yaml:3 "
            "(grant no) denies it: a deny wins"});
}

TEST_CASE("a line that another makes void is redundant; of two that say the same, the second is") {
  CHECK(checked("capabilities:\n  allow: [CAP_BPF, CAP_BPF]\n") ==
        Lines{"3:20 policy-line-redundant [policy.yaml:3]: cap_bpf in capabilities.allow changes nothing: "
              "policy.yaml:3 allows it already"});
  CHECK(checked("units:\n  exec_paths: [/usr/lib/a/x, '/usr/lib/a/**']\n") ==
        Lines{"3:16 policy-line-redundant [policy.yaml:3]: /usr/lib/a/x in units.exec_paths changes nothing: "
              "policy.yaml:3 allows /usr/lib/a/** already"});
  CHECK(checked("units:\n  forbid: [ReadWritePaths, ReadWriteDirectories]\n") ==
        Lines{"3:28 policy-line-redundant [policy.yaml:3]: ReadWritePaths in units.forbid changes nothing: "
              "policy.yaml:3 forbids it already"});
}

TEST_CASE("what a grant allows that the site, or a wider and longer grant, allows is redundant") {
  CHECK(checked("capabilities: {allow: [CAP_BPF]}\n"
                "grants:\n"
                "  - {name: g, match: {id: [probe]}, capabilities: {allow: [CAP_BPF]}}\n") ==
        Lines{"4:60 policy-line-redundant [policy.yaml:2]: cap_bpf in capabilities.allow changes nothing: "
              "policy.yaml:2 allows it already"});
  const std::string narrow =
      "  - {name: n, match: {id: [probe]}, expires: 2027-06-30, run_as: {allow: [x]}}\n";
  CHECK(checked("grants:\n" + narrow + "  - {name: w, match: {id: ['p*']}, run_as: {allow: [x]}}\n") ==
        Lines{"3:75 policy-line-redundant [policy.yaml:4 (grant w)]: x in run_as.allow changes nothing: "
              "policy.yaml:4 (grant w) allows it already"});
  // One that ends earlier, or is for other add-ons, does not make it void.
  CHECK(checked("grants:\n" + narrow +
                "  - {name: w, match: {id: ['p*']}, expires: 2027-06-29, run_as: {allow: [x]}}\n")
            .empty());
  CHECK(checked("grants:\n" + narrow + "  - {name: w, match: {id: ['s*']}, run_as: {allow: [x]}}\n").empty());
}

TEST_CASE("a false that takes nothing back, a limit that is never reached and a downgrade that is denied") {
  CHECK(checked("run_as: {allow_dynamic_user: true}\n"
                "grants:\n"
                "  - {name: g, match: {id: [probe]}, run_as: {allow_dynamic_user: false}}\n") ==
        Lines{"4:66 policy-line-redundant [policy.yaml:2]: run_as.allow_dynamic_user takes away nothing: "
              "policy.yaml:2 allows it already"});
  const ParsedPolicy parsed = parse_policy({{"a.yaml", "policy: a\ndowngrade: allow\nlimits: {files: 10}\n"},
                                            {"b.yaml", "policy: b\ndowngrade: deny\nlimits: {files: 20}\n"}});
  REQUIRE(parsed.policy);
  CHECK(
      shown(check_policy(*parsed.policy, today)) ==
      Lines{"2:12 policy-allow-denied [b.yaml:2]: downgrades are allowed here, and b.yaml:2 denies them: a "
            "deny "
            "wins",
            "3:17 policy-line-redundant [a.yaml:3]: limits.files changes nothing: a.yaml:3 sets 10, and the "
            "smallest counts"});
}

TEST_CASE("patterns that cover nearly everything") {
  for (const char* pattern : {"*", "**", "*.service", "**.timer", "?*.service"}) {
    INFO(pattern);
    CHECK(too_wide(PatternOf::unit_to_install, pattern) ==
          "covers units of any name, also those of the system");
    CHECK(too_wide(PatternOf::unit_to_reach, pattern) ==
          "covers units of any name, also those of the system");
  }
  for (const char* pattern : {"**", "/**", "/*", "/*/**", "**/*"}) {
    INFO(pattern);
    CHECK(too_wide(PatternOf::path, pattern) == "covers every path");
  }
  CHECK(too_wide(PatternOf::path, "/usr/**") == "covers all of /usr");
  CHECK(too_wide(PatternOf::state_dir, "/var/lib/*") == "covers all of /var/lib");
  CHECK(too_wide(PatternOf::addon_id, "**") == "is every add-on's");
}

TEST_CASE("patterns that name something are not too wide") {
  CHECK(too_wide(PatternOf::unit_to_install, "addon-*.service").empty());
  CHECK(too_wide(PatternOf::unit_to_reach, "dbus.*").empty());
  for (const char* pattern :
       {"/usr/bin/**", "/usr/*/addons/x", "/opt/addons/**", "/usr/bin/env", "/usr/lib-*"}) {
    INFO(pattern);
    CHECK(too_wide(PatternOf::path, pattern).empty());
  }
  CHECK(too_wide(PatternOf::state_dir, "/var/lib/addons/**").empty());
  CHECK(too_wide(PatternOf::addon_id, "probe-*").empty());
}

TEST_CASE("patterns that can match nothing") {
  CHECK(unusable(PatternOf::path, "*") == "matches no absolute path: only ** stands for '/'");
  CHECK(unusable(PatternOf::path, "usr/bin/env") == "matches no absolute path");
  CHECK(unusable(PatternOf::path, "/usr/../bin/env") ==
        "matches no path: one with '.', '..' or '//' is never allowed");
  CHECK(unusable(PatternOf::state_dir, "/var/lib/x/") == "matches no path: none ends with '/'");
  CHECK(unusable(PatternOf::unit_to_install, "probe.socket") == "is the name of no service or timer");
  CHECK(unusable(PatternOf::addon_id, "Probe") == "is the id of no add-on");
  CHECK(unusable(PatternOf::unit_to_reach, "ssh.socket").empty());
  CHECK(unusable(PatternOf::path, "**/env").empty());
}

TEST_CASE("a pattern covers another when it matches whatever that one does") {
  CHECK(covers("/a/**", "/a/*"));
  CHECK(covers("/a/**", "/a/b/*.x"));
  CHECK(covers("a*", "ab?"));
  CHECK(covers("**", "*"));
  CHECK_FALSE(covers("/a/*", "/a/**"));
  CHECK_FALSE(covers("/a/*/*", "/a/**"));
  CHECK_FALSE(covers("?", "*"));
  CHECK_FALSE(covers("?*", "*"));
  CHECK_FALSE(covers("ab*", "a*"));
}

TEST_CASE("a grant that is for none of the add-ons is told, with the id that was meant") {
  const SitePolicy policy = policy_of(
      "grants:\n"
      "  - {name: a, match: {id: [packet-prob]}}\n"
      "  - {name: b, match: {id: [other, 'packet-*']}}\n"
      "  - {name: c, match: {id: [nothing]}}\n");
  const std::vector<Finding> findings = unmatched_grants(policy, {id_of("packet-probe")});
  CHECK(shown(findings) ==
        Lines{"3:28 policy-grant-unmatched [policy.yaml:3 (grant a)]: grant \"a\" matches no add-on that was "
              "looked at",
              "5:28 policy-grant-unmatched [policy.yaml:5 (grant c)]: grant \"c\" matches no add-on that was "
              "looked at"});
  CHECK(findings.front().fix == "did you mean \"packet-probe\"?");
}
