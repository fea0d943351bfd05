#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

namespace {
const std::string_view service =
    "User=probe\n"
    "SupplementaryGroups=b a\n"
    "CapabilityBoundingSet=CAP_NET_RAW CAP_BPF\n"
    "  AmbientCapabilities=CAP_NET_RAW\n"
    "PrivateDevices=yes\n"
    "ExecStartPre=-+/bin/sh -c 'echo \"hi\"'\n";
}  // namespace

TEST_CASE("JSON has the names of systemctl show, sorted sets and the lines") {
  const Json json = to_json(analyze_service(service).privileges);
  const Json expected = {{"User", "probe"},
                         {"Group", ""},
                         {"DynamicUser", false},
                         {"SupplementaryGroups", {"b", "a"}},
                         {"CapabilityBoundingSet", {"cap_bpf", "cap_net_raw"}},
                         {"CapabilityBoundingSetStated", true},
                         {"AmbientCapabilities", Json::array({"cap_net_raw"})},
                         {"NoNewPrivileges", false},
                         {"NoNewPrivilegesEffective", true},
                         {"exec",
                          {{{"directive", "ExecStart"},
                            {"prefixes", Json::array()},
                            {"program", "/bin/true"},
                            {"arguments", Json::array()},
                            {"line", 2}},
                           {{"directive", "ExecStartPre"},
                            {"prefixes", {"-", "+"}},
                            {"program", "/bin/sh"},
                            {"arguments", {"-c", "echo \"hi\""}},
                            {"line", 8}}}},
                         {"lines",
                          {{"file", "probe.service"},
                           {"User", 3},
                           {"Group", 0},
                           {"DynamicUser", 0},
                           {"SupplementaryGroups", 4},
                           {"CapabilityBoundingSet", 5},
                           {"AmbientCapabilities", {{"line", 6}, {"column", 3}}},
                           {"NoNewPrivileges", 0},
                           {"NoNewPrivilegesEffective", 7}}}};
  CHECK(canonical(json) == canonical(expected));
}

TEST_CASE("what is written to JSON is read back with every place") {
  ParsedUnit unit = parse_unit("[Service]\nExecStart=/bin/true\n" + std::string(service), "probe.service");
  for (const Directive& directive :
       parse_unit("[Service]\n Group=g\nExecStop=:/x y\n", "d.conf").unit.directives) {
    unit.unit.directives.push_back(directive);
  }
  const Privileges written = analyze(unit.unit, name_of("probe.service")).privileges;
  const Privileges read = privileges_from_json(to_json(written));
  CHECK(to_json(read) == to_json(written));
  CHECK(read.user.at == SourceSpan{"probe.service", 3, 1});
  CHECK(read.group.value == "g");
  CHECK(read.group.at == SourceSpan{"d.conf", 2, 2});
  CHECK(read.dynamic_user.at == SourceSpan{"probe.service"});
  CHECK(read.supplementary_groups.value == Lines{"b", "a"});
  CHECK(read.bounding.value == written.bounding.value);
  CHECK(read.bounding_stated);
  CHECK(read.ambient.value == written.ambient.value);
  CHECK(read.ambient.at == SourceSpan{"probe.service", 6, 3});
  CHECK_FALSE(read.no_new_privileges.value);
  CHECK(read.no_new_privileges_effective.value);
  CHECK(read.no_new_privileges_effective.at == SourceSpan{"probe.service", 7, 1});
  REQUIRE(read.exec.size() == 3);
  CHECK(read.exec[1].prefixes == Lines{"-", "+"});
  CHECK(read.exec[1].arguments == Lines{"-c", "echo \"hi\""});
  CHECK(read.exec[1].at == SourceSpan{"probe.service", 8, 1});
  CHECK(read.exec[2].at == SourceSpan{"d.conf", 3, 1});
}

TEST_CASE("JSON of another shape is read without harm, and its sets as all capabilities") {
  for (const char* text : {"null", "[]", "{}", "7", R"({"User":1,"exec":{},"lines":[]})",
                           R"({"CapabilityBoundingSet":"x","exec":[1],"lines":{"User":"x"}})"}) {
    const Privileges read = privileges_from_json(*parse_json(text, "x.json"));
    CHECK(read.runs_as_root());
    CHECK(read.bounding.value == CapabilitySet::all());
    CHECK(read.ambient.value == CapabilitySet::all());
    CHECK_FALSE(read.no_new_privileges_effective.value);
  }
}
