#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

TEST_CASE("a service that says nothing runs as root with everything at its default") {
  const Privileges privileges = analyze_service("").privileges;
  CHECK(privileges.runs_as_root());
  CHECK(privileges.user.value.empty());
  CHECK(privileges.user.at == SourceSpan{"probe.service"});
  CHECK(privileges.group.value.empty());
  CHECK_FALSE(privileges.dynamic_user.value);
  CHECK(privileges.supplementary_groups.value.empty());
  CHECK_FALSE(privileges.no_new_privileges.value);
  CHECK_FALSE(privileges.no_new_privileges_effective.value);
}

TEST_CASE("the last User= and Group= count, and empty ones reset them") {
  const Privileges privileges = analyze_service("User=root\nUser=probe\nGroup=staff\n").privileges;
  CHECK(privileges.user.value == "probe");
  CHECK(privileges.user.at == SourceSpan{"probe.service", 4, 1});
  CHECK(privileges.group.value == "staff");
  CHECK_FALSE(privileges.runs_as_root());
  CHECK(analyze_service("User=probe\nUser=\n").privileges.runs_as_root());
}

TEST_CASE("root is root by name and by number, with DynamicUser= too") {
  for (const char* lines :
       {"User=root\n", "User=0\n", "User=root\nDynamicUser=yes\n", "User=0\nDynamicUser=yes\n"}) {
    CHECK(analyze_service(lines).privileges.runs_as_root());
  }
  CHECK(analyze_service("DynamicUser=yes\n", "root.service").privileges.runs_as_root());
}

TEST_CASE("directives of other sections change nothing") {
  CHECK(analyze_service("[Unit]\nUser=probe\n[service]\nUser=probe\n[ Service ]\nUser=probe\n")
            .privileges.runs_as_root());
}

TEST_CASE("DynamicUser= makes a user and group of the unit's name and forbids new privileges") {
  const Privileges privileges = analyze_service("NoNewPrivileges=no\nDynamicUser=yes\n").privileges;
  const SourceSpan line{"probe.service", 4, 1};
  CHECK(privileges.dynamic_user.value);
  CHECK(privileges.user.value == "probe");
  CHECK(privileges.user.at == line);
  CHECK(privileges.group.value == "probe");
  CHECK_FALSE(privileges.runs_as_root());
  CHECK(privileges.no_new_privileges.value);
  CHECK(privileges.no_new_privileges.at == line);
  CHECK(privileges.no_new_privileges_effective.value);
}

// The names are those that systemd 252 gave these units on a booted host.
TEST_CASE("a unit whose name is no good user name gets a hash for its dynamic user") {
  CHECK(analyze_service("DynamicUser=yes\n", "t.dot.service").privileges.user.value == "_du70d796c52a57540a");
  CHECK(analyze_service("DynamicUser=yes\n", "serviceradar-scalibr-endpoint-inventory-x.service")
            .privileges.user.value == "_du778e2dad0a9ef4ee");
}

TEST_CASE("a stated user stays one with DynamicUser=, and is the group where none is stated") {
  const Privileges named = analyze_service("DynamicUser=yes\nUser=nobody\n").privileges;
  CHECK(named.user.value == "nobody");
  CHECK(named.group.value == "nobody");
  const Privileges grouped = analyze_service("DynamicUser=yes\nGroup=daemon\n").privileges;
  CHECK(grouped.user.value == "probe");
  CHECK(grouped.group.value == "daemon");
  CHECK_FALSE(analyze_service("DynamicUser=yes\nDynamicUser=off\n").privileges.dynamic_user.value);
}

TEST_CASE("supplementary groups add up, keep their order and are reset by an empty assignment") {
  CHECK(analyze_service("SupplementaryGroups=adm disk\nSupplementaryGroups=adm 33\n")
            .privileges.supplementary_groups.value == Lines{"adm", "disk", "adm", "33"});
  CHECK(analyze_service("SupplementaryGroups=adm\nSupplementaryGroups=\nSupplementaryGroups=disk\n")
            .privileges.supplementary_groups.value == Lines{"disk"});
}

TEST_CASE("what systemd takes for no account is a finding and leaves the value before it") {
  for (const char* user : {"a:b", "a/b", "-5", "00", "65535", "4294967295", ".", "..", "123456789012"}) {
    const Analysis analysis = analyze_service("User=probe\nUser=" + std::string(user) + "\n");
    CHECK(analysis.privileges.user.value == "probe");
    CHECK(shown(analysis.findings) ==
          Lines{"unit-value probe.service:4:1: User=\"" + std::string(user) +
                "\" is not a user or group name; systemd would not load the unit; write the name out"});
  }
  for (const char* user : {"1000", "0x0", "some one@x", "-a", "_du1"}) {
    CHECK(analyze_service("User=" + std::string(user) + "\n").findings.empty());
  }
}

TEST_CASE("a user that only the host could tell is a finding, and nothing is guessed") {
  const Analysis analysis = analyze_service("User=%H\n");
  CHECK(analysis.privileges.runs_as_root());
  CHECK(shown(analysis.findings) ==
        Lines{"unit-value probe.service:3:1: User=\"%H\" has a specifier, and who that is "
              "cannot be told from the unit alone; write the name out"});
}

TEST_CASE("users and groups by the unit's name are those that systemd resolves") {
  const Analysis analysis = analyze_service("User=%p-x\nGroup=%N\nSupplementaryGroups=a%p %%p\n");
  CHECK(analysis.privileges.user.value == "probe-x");
  CHECK(analysis.privileges.group.value == "probe");
  CHECK(analysis.privileges.supplementary_groups.value == Lines{"aprobe", "%p"});
  CHECK(analysis.findings.empty());
}

TEST_CASE("a user by an unknown specifier keeps systemd from loading the unit") {
  CHECK(shown(analyze_service("User=%F\n").findings) ==
        Lines{"unit-value probe.service:3:1: User=\"%F\" has an unknown specifier; systemd would not load "
              "the unit; write the name out"});
}

TEST_CASE("a bad supplementary group is a finding that names it") {
  CHECK(shown(analyze_service("SupplementaryGroups=adm a:b\n").findings) ==
        Lines{"unit-value probe.service:3:1: SupplementaryGroups=\"adm a:b\" names \"a:b\", which is not a "
              "user or group "
              "name; systemd would not load the unit; write the name out"});
}

TEST_CASE("a bad boolean is a finding and leaves the value before it") {
  const Analysis analysis = analyze_service("NoNewPrivileges=yes\nNoNewPrivileges=maybe\nPrivateTmp=\n");
  CHECK(analysis.privileges.no_new_privileges.value);
  CHECK(analysis.privileges.no_new_privileges.at == SourceSpan{"probe.service", 3, 1});
  CHECK(shown(analysis.findings) == Lines{"unit-value probe.service:4:1: NoNewPrivileges=\"maybe\" is not a "
                                          "boolean; systemd ignores it; write yes or no",
                                          "unit-value probe.service:5:1: PrivateTmp=\"\" is not a boolean; "
                                          "systemd ignores it; write yes or no"});
}

TEST_CASE("ProtectSystem= and ProtectHome= take two values more than a boolean") {
  CHECK(analyze_service("ProtectSystem=strict\nProtectSystem=full\nProtectSystem=yes\nProtectHome=read-only\n"
                        "ProtectHome=tmpfs\nProtectHome=no\n")
            .findings.empty());
  CHECK(shown(analyze_service("ProtectSystem=strickt\nProtectHome=full\n").findings) ==
        Lines{"unit-value probe.service:3:1: ProtectSystem=\"strickt\" is neither a boolean nor full nor "
              "strict; systemd "
              "ignores it; write yes, no, full or strict",
              "unit-value probe.service:4:1: ProtectHome=\"full\" is neither a boolean nor read-only nor "
              "tmpfs; systemd "
              "ignores it; write yes, no, read-only or tmpfs"});
}

TEST_CASE("a timer has no privileges of its own") {
  const Analysis analysis =
      analyze_text("[Timer]\nOnBootSec=1\n[Service]\nUser=probe\nNoNewPrivileges=what\nExecStart=/bin/sh\n",
                   "probe.timer");
  CHECK(analysis.findings.empty());
  CHECK(analysis.privileges.exec.empty());
  CHECK(analysis.privileges.user.value.empty());
  CHECK(analysis.privileges.user.at == SourceSpan{"probe.timer"});
}

TEST_CASE("lines of several files keep their own place") {
  ParsedUnit unit = parse_unit("[Service]\nExecStart=/bin/true\nUser=probe\n", "probe.service");
  for (const Directive& directive : parse_unit("[Service]\nUser=root\n", "50.conf").unit.directives) {
    unit.unit.directives.push_back(directive);
  }
  const Privileges privileges = analyze(unit.unit, name_of("probe.service")).privileges;
  CHECK(privileges.runs_as_root());
  CHECK(privileges.user.at == SourceSpan{"50.conf", 2, 1});
  CHECK(privileges.group.at == SourceSpan{"probe.service"});
}
