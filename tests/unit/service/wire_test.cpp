#include "service/wire.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>

#include "facts.hpp"
#include "service/wire_manifest.hpp"
#include "service/wire_plan.hpp"
#include "service/wire_unit.hpp"

using namespace addon;
using namespace addon::service;
using namespace addon::service::test;

namespace {

/// A manifest that has something to say everywhere.
const std::string kFull = R"(id: probe
name: Probe
version: 1.2.3
kind: native
delivery: pushed-artifact
supervision: systemd-service
capabilities: [probing, watching]
requires:
  base_agent: ">=1.2.0 <2.0.0"
  platforms: [linux]
  os_capabilities: [CAP_NET_RAW, bpf]
  run_as: probe
  addons: [{id: base, version: ">=1.0.0"}, {id: other}]
exec: {binary: probe, install_path: /usr/lib/probe/probe, args: [--fast, "two words"]}
systemd: {units: [probe.service, extra.timer], primary: probe.service}
files: [{path: share/data, mode: "0640"}, {path: check, mode: "0755"}]
state_dirs: [/var/lib/probe, {path: /srv/probe, owner: probe, group: probe, mode: "0750"}]
health: {timeout: 1min, stable_for: 2s, exec: [current/check, -q]}
resources: {cpu_max_percent: 50, memory_max_bytes: 2000, memory_high_bytes: 1000, tasks_max: 7, slice: a-b.slice}
config_schema: config.schema.json
artifacts: [{os: linux, arch: amd64, object_key: a/probe.tar.zst, sha256: "0000000000000000000000000000000000000000000000000000000000000001", signature_ref: a/probe.minisig}]
plugin: {port: 8080, deep: [1, {x: null, y: true, z: -3}]}
)";

manifest::ParsedManifest parsed(std::string_view text) {
  return bundle::OwnParser().manifest(text, "SOURCE/addon.yaml");
}

const std::string kUnit = R"([Unit]
After=network.target
[Service]
User=probe
AmbientCapabilities=CAP_NET_RAW
CapabilityBoundingSet=CAP_NET_RAW CAP_BPF
NoNewPrivileges=yes
SupplementaryGroups=one two
ExecStartPre=-/bin/true
ExecStart=/opt/addons/probe/current/probe --name "a b"
ProtectSystem=strict
DeviceAllow=/dev/null rw
[Install]
WantedBy=multi-user.target
)";

bundle::AnalyzedUnit analyzed(std::string_view text) {
  return bundle::OwnParser().unit(*UnitName::parse("probe.service"), text, "SOURCE/probe.service");
}

/// That it is the same once it was written and read.
template <class T>
void check_same(const T& value) {
  const std::string bytes = to_wire(value);
  const auto again = from_wire<T>(bytes);
  REQUIRE(again);
  CHECK(to_wire(*again) == bytes);
}

template <class T>
void check_every_damage(const T& value) {
  const std::string bytes = to_wire(value);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE_FALSE(from_wire<T>(std::string_view(bytes).substr(0, size)));
  REQUIRE_FALSE(from_wire<T>(bytes + '\0'));
  // What a flipped bit makes may be another value; it is never another form.
  std::size_t refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ (1U << at * 3 % 8));
    const auto read = from_wire<T>(damaged);
    if (!read) {
      ++refused;
    } else if (const auto again = from_wire<T>(to_wire(*read)); !again || to_wire(*again) != to_wire(*read)) {
      FAIL("a flipped bit is read as what cannot be written: byte " << at);
    }
  }
  // All but the lowest bits of numbers and the letters of texts.
  CHECK(refused > bytes.size() / 8);
}

}  // namespace

TEST_CASE("whatever any manifest or unit at hand says is the same behind the wire") {
  const std::vector<Text> manifests = manifest_texts();
  CHECK(manifests.size() > 10);
  for (const Text& manifest : manifests) check_same(parsed(manifest.bytes));
  const std::vector<Text> units = unit_texts();
  CHECK(units.size() > 30);
  for (const Text& unit : units)
    check_same(bundle::OwnParser().unit(*UnitName::parse(unit.name), unit.bytes, unit.name));
}

TEST_CASE("each field of a manifest arrives as it was sent") {
  const manifest::ParsedManifest sent = parsed(kFull);
  REQUIRE(facts(sent.findings) == Facts{});
  REQUIRE(sent.manifest);
  const auto got = from_wire<manifest::ParsedManifest>(to_wire(sent));
  REQUIRE(got);
  REQUIRE(got->manifest);
  const manifest::Manifest& m = *got->manifest;
  CHECK(m.file == "SOURCE/addon.yaml");
  CHECK(m.id.value.str() == "probe");
  CHECK(m.id.at == SourceSpan{"SOURCE/addon.yaml", 1, 5});
  CHECK(m.id.pointer == "/id");
  CHECK(m.name == "Probe");
  CHECK(m.version.value.str() == "1.2.3");
  CHECK(m.delivery.value == manifest::Delivery::pushed_artifact);
  CHECK(m.supervision.value == manifest::Supervision::systemd_service);
  CHECK(m.capability_set().names() == std::vector<std::string>{"cap_bpf", "cap_net_raw"});
  CHECK(m.run_as.value == "probe");
  CHECK(m.binary.value.str() == "probe");
  CHECK(m.install_path == "/usr/lib/probe/probe");
  CHECK(m.args == std::vector<std::string>{"--fast", "two words"});
  REQUIRE(m.units);
  REQUIRE(m.units->size() == 2);
  CHECK((*m.units)[1].value.str() == "extra.timer");
  REQUIRE(m.primary);
  CHECK(m.primary->value.str() == "probe.service");
  REQUIRE(m.files);
  CHECK((*m.files)[0].path.str() == "share/data");
  CHECK((*m.files)[0].mode == 0640U);
  REQUIRE(m.state_dirs.size() == 2);
  CHECK(m.state_dirs[0].path == "/var/lib/probe");
  CHECK_FALSE(m.state_dirs[0].mode);
  CHECK(m.state_dirs[1].owner == "probe");
  CHECK(m.state_dirs[1].mode == 0750U);
  CHECK(m.health.timeout == std::chrono::minutes(1));
  CHECK(m.health.stable_for == std::chrono::seconds(2));
  CHECK(m.health.exec == std::vector<std::string>{"current/check", "-q"});
  REQUIRE(m.resources);
  CHECK(m.resources->cpu_max_percent == 50);
  CHECK(m.resources->memory_max_bytes == 2000);
  CHECK(m.resources->memory_high_bytes == 1000);
  CHECK(m.resources->tasks_max == 7);
  CHECK(m.resources->slice == "a-b.slice");
  REQUIRE(m.config_schema);
  CHECK(m.config_schema->value.str() == "config.schema.json");
  REQUIRE(m.platforms);
  CHECK(m.platforms->value == std::vector<std::string>{"linux"});
  REQUIRE(m.required_addons.size() == 2);
  CHECK(m.required_addons[0].id.str() == "base");
  CHECK(m.required_addons[0].version == ">=1.0.0");
  CHECK(m.base_agent.value == ">=1.2.0 <2.0.0");
  REQUIRE(m.artifacts.size() == 1);
  CHECK(m.artifacts[0].sha256.hex().ends_with("01"));
  CHECK(m.artifacts[0].signature_ref == "a/probe.minisig");
  CHECK(m.product_capabilities == std::vector<std::string>{"probing", "watching"});
  CHECK(m.plugin == Json{{"port", 8080}, {"deep", {1, {{"x", nullptr}, {"y", true}, {"z", -3}}}}});
}

TEST_CASE("each field of a unit arrives as it was sent") {
  const auto got = from_wire<bundle::AnalyzedUnit>(to_wire(analyzed(kUnit)));
  REQUIRE(got);
  CHECK(facts(got->findings) == Facts{});
  const unit::Privileges& p = got->privileges;
  CHECK(p.user.value == "probe");
  CHECK(p.user.at == SourceSpan{"SOURCE/probe.service", 4, 1});
  CHECK(p.ambient.value.names() == std::vector<std::string>{"cap_net_raw"});
  CHECK(p.bounding.value.names() == std::vector<std::string>{"cap_bpf", "cap_net_raw"});
  CHECK(p.bounding_stated);
  CHECK(p.no_new_privileges.value);
  CHECK(p.supplementary_groups.value == std::vector<std::string>{"one", "two"});
  REQUIRE(p.exec.size() == 2);
  CHECK(p.exec[0].prefixes == std::vector<std::string>{"-"});
  CHECK(p.exec[1].program == "/opt/addons/probe/current/probe");
  CHECK(p.exec[1].arguments == std::vector<std::string>{"--name", "a b"});
  CHECK(p.settings.size() == analyzed(kUnit).privileges.settings.size());
  CHECK(p.settings.at("ProtectSystem").value == "strict");
  REQUIRE(got->install.wanted_by.size() == 1);
  CHECK(got->install.wanted_by[0].value == "multi-user.target");
  REQUIRE(got->directives.size() == 11);
  CHECK(got->directives[0].section == "Unit");
  CHECK(got->directives[0].key == "After");
  CHECK(got->directives[0].value == "network.target");
}

TEST_CASE("a finding arrives with its rule") {
  Finding finding = make_finding(rules::bundle_limit, "too much", {"f", 3, 4}, "/a");
  finding.addon = "probe";
  finding.fix = "less";
  finding.severity = Severity::note;
  const std::vector<Finding> sent = {finding, make_finding(rules::unit_value, "other")};
  const auto got = from_wire<std::vector<Finding>>(to_wire(sent));
  REQUIRE(got);
  CHECK((*got)[0].rule == &rules::bundle_limit);
  CHECK(facts(*got) == facts(sent));
}

TEST_CASE("any JSON arrives as it was sent, to its limits") {
  const Json json = {{"text", "\xc3\xa4\n"},
                     {"least", std::numeric_limits<std::int64_t>::min()},
                     {"most", std::numeric_limits<std::uint64_t>::max()},
                     {"real", 0.1},
                     {"empty", {Json::array(), Json::object(), nullptr, "", false}}};
  const auto got = from_wire<Json>(to_wire(json));
  REQUIRE(got);
  CHECK(*got == json);
  CHECK(got->dump() == json.dump());
  const auto nested = [](int levels) {
    Json deep = 1;
    for (int level = 0; level < levels; ++level) deep = Json::array({deep});
    return deep;
  };
  CHECK(from_wire<Json>(to_wire(nested(kMaxWireDepth))));
  CHECK_FALSE(from_wire<Json>(to_wire(nested(kMaxWireDepth + 1))));
  CHECK_FALSE(from_wire<Json>(to_wire(Json("\xff"))));
}

TEST_CASE("what is cut off, longer, or changed in any bit is refused, or another value") {
  check_every_damage(parsed(kFull));
  check_every_damage(parsed("id: [\n"));
  check_every_damage(analyzed(kUnit));
  check_every_damage(PlanAnswer{.plan = Json{{"steps", {1, "two", {{"three", nullptr}}}}}});
}

TEST_CASE("a few bytes do not become much memory") {
  WireWriter much;
  much.number(std::numeric_limits<std::uint64_t>::max());
  CHECK_FALSE(from_wire<std::string>(much.bytes()));
  CHECK_FALSE(from_wire<std::vector<std::string>>(much.bytes()));
  // A list of places in a file of a long name, which is told once.
  WireWriter places;
  constexpr std::size_t count = 4096;
  places.number(count);
  for (std::size_t i = 0; i < count; ++i) {
    const SourceSpan at{std::string(std::size_t{1} << 20, 'x'), 1, 1};
    wire(places, at);
  }
  CHECK(places.bytes().size() < std::size_t{2} << 20);
  CHECK_FALSE(from_wire<std::vector<SourceSpan>>(places.bytes()));
}

TEST_CASE("what no manifest can say is not believed of one") {
  const auto refuses = [](const std::function<void(manifest::Manifest&)>& change) {
    manifest::ParsedManifest sent = parsed(kFull);
    change(*sent.manifest);
    return !from_wire<manifest::ParsedManifest>(to_wire(sent));
  };
  using manifest::Manifest;
  CHECK_FALSE(refuses([](Manifest&) {}));
  CHECK(refuses([](Manifest& m) { m.supervision.value = manifest::Supervision::config_toggle; }));
  CHECK(refuses([](Manifest& m) { m.run_as.value = "root; rm"; }));
  CHECK(refuses([](Manifest& m) { m.binary.value = RelativePath::of({"bin", "probe"}); }));
  CHECK(refuses([](Manifest& m) { m.install_path = "usr"; }));
  CHECK(refuses([](Manifest& m) { m.resources->slice = "x.slice\nExecStart=/bin/sh"; }));
  CHECK(refuses([](Manifest& m) { m.resources->memory_high_bytes = 3000; }));
  CHECK(refuses([](Manifest& m) { m.state_dirs[0].path = "/etc"; }));
  CHECK(refuses([](Manifest& m) { m.state_dirs[0].path = "/var/lib/../../etc"; }));
  CHECK(refuses([](Manifest& m) { m.state_dirs[0].mode = 0777; }));
  CHECK(refuses([](Manifest& m) { m.state_dirs[0].mode = 04750; }));
  CHECK(refuses([](Manifest& m) { m.state_dirs[0].owner = "a:b"; }));
  CHECK(refuses([](Manifest& m) { (*m.files)[0].mode = 0666; }));
  CHECK(refuses([](Manifest& m) { (*m.files)[0].path = (*m.files)[1].path; }));
  CHECK(refuses([](Manifest& m) { m.health.exec[0] = "/bin/sh"; }));
  CHECK(refuses([](Manifest& m) { m.health.timeout = std::chrono::hours(25); }));
  CHECK(refuses([](Manifest& m) { m.primary->value = *UnitName::parse("other.service"); }));
  CHECK(refuses([](Manifest& m) { m.args[0] = "two\nlines"; }));
  CHECK(refuses([](Manifest& m) { m.base_agent.value = "any"; }));
  CHECK(refuses([](Manifest& m) { m.required_addons[0].id = m.id.value; }));
  CHECK(refuses([](Manifest& m) { std::swap(m.os_capabilities[0], m.os_capabilities[1]); }));
  CHECK(refuses([](Manifest& m) {
    m.package = manifest::RequiredPackage{"--admindir=/tmp", "", "", {}, ""};
  }));
  CHECK(refuses([](Manifest& m) { m.plugin = 1; }));
}

TEST_CASE("a manifest that is none has a reason") {
  CHECK_FALSE(from_wire<manifest::ParsedManifest>(to_wire(manifest::ParsedManifest{})));
  manifest::ParsedManifest both = parsed(kFull);
  both.findings.push_back(make_finding(rules::schema_type, "wrong"));
  CHECK_FALSE(from_wire<manifest::ParsedManifest>(to_wire(both)));
}

TEST_CASE("what is no name of a unit does not become a path") {
  bundle::AnalyzedUnit unit = analyzed(kUnit);
  unit.install.wanted_by[0].value = "../../../etc/cron.d/x";
  CHECK_FALSE(from_wire<bundle::AnalyzedUnit>(to_wire(unit)));
}
