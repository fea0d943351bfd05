// The compiled-in schemas themselves.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "document/schema.hpp"
#include "refusals.hpp"

using namespace addon;
using namespace addon::document;
using Lines = std::vector<std::string>;

namespace {
Lines policy_faults(std::string_view text) {
  const auto document = load(text, "p.yaml", site_policy_schema());
  return document ? Lines{} : lines_of(document.error().findings());
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void check_hover(const Json& schema, const std::string& where, int& count) {
  if (schema.is_object() && schema.contains("properties") && schema["properties"].is_object()) {
    for (const auto& [key, value] : schema["properties"].items()) {
      CAPTURE(where, key);
      const bool chooses = value.contains("oneOf");
      if (!chooses) {
        CHECK_FALSE(value.value("title", "").empty());
        CHECK_FALSE(value.value("description", "").empty());
      }
      ++count;
    }
  }
  if (!schema.is_structured()) return;
  for (const auto& [key, value] : schema.items()) check_hover(value, where + "/" + key, count);
}

void check_patterns(const Json& schema, const std::string& where, int& count) {
  if (!schema.is_structured()) return;
  if (schema.is_object() && schema.contains("pattern") && schema["pattern"].is_string()) {
    CAPTURE(where);
    CHECK(schema.contains("maxLength"));
    CHECK(schema.contains("x-expected"));
    ++count;
  }
  for (const auto& [key, value] : schema.items()) check_patterns(value, where + "/" + key, count);
}

constexpr std::string_view full_policy = R"(policy: edge-production
version: 1
capabilities:
  allow: [CAP_NET_RAW, cap_bpf, net_admin]
  deny: [CAP_SYS_ADMIN]
supervision: {allow: [systemd-service, systemd-timer, agent-sidecar, ephemeral-helper, config-toggle]}
delivery: {allow: [pushed-artifact, os-package, compiled-in]}
run_as: {allow: [serviceradar, nobody], allow_dynamic_user: true}
units:
  names: ["addon-*.service", "serviceradar-*"]
  exec_prefixes: ["+", "!", "!!", "-", ":", "@", "|"]
  forbid: [Alias, Also, Sockets, PAMName, RootDirectory, BindPaths]
  require: {ProtectSystem: [strict, full], NoNewPrivileges: [yes], PrivateTmp: [true]}
  exec_paths: ["/opt/addons/**", "/usr/bin/**"]
paths: {state_dirs: ["/var/lib/serviceradar/**"]}
signatures: {required: true, keys: [release]}
downgrade: deny
limits: {artifact_bytes: 512MiB, files: 4096}
grants:
  - name: network-probes
    match: {id: [netprobe], signed_by: [release]}
    capabilities: {allow: [CAP_NET_ADMIN]}
    units: {exec_prefixes: ["+"]}
    reason: eBPF capture; SEC-1412
    expires: 2027-06-30
)";
}  // namespace

TEST_CASE("every schema is compiled in under its name, byte for byte") {
  for (const char* name : {"addon-manifest", "site-policy", "addon-plan", "policy-test", "addon-override"}) {
    CAPTURE(name);
    const std::string_view text = schema_text(name);
    REQUIRE(parse_json(text, name));
    CHECK(text ==
          read(std::filesystem::path(ADDON_SOURCE_DIR) / "schemas" / (std::string(name) + ".schema.json")));
  }
  CHECK(schema_text("nothing").empty());
}

TEST_CASE("every property has a title and a description for an editor to show") {
  int count = 0;
  for (const char* name : {"addon-manifest", "site-policy", "addon-plan", "policy-test", "addon-override"}) {
    check_hover(Json::parse(schema_text(name)), name, count);
  }
  CHECK(count > 80);
}

TEST_CASE("every pattern comes with a limit on the length and words for it") {
  int count = 0;
  for (const char* name : {"addon-manifest", "site-policy", "addon-plan", "policy-test", "addon-override"}) {
    check_patterns(Json::parse(schema_text(name)), name, count);
  }
  CHECK(count > 20);
}

TEST_CASE("a policy with every field validates") { CHECK(policy_faults(full_policy).empty()); }

TEST_CASE("values that a policy requires of directives are strings") {
  const auto document = load(full_policy, "p.yaml", site_policy_schema());
  REQUIRE(document);
  const Node& require = *document->root.find("units")->find("require");
  CHECK(require.find("NoNewPrivileges")->items[0].is_string());
  CHECK(require.find("PrivateTmp")->items[0].is_string());
  CHECK(require.find("PrivateTmp")->items[0].text == "true");
}

TEST_CASE("a policy's mistakes are named") {
  CHECK(policy_faults("capabilities: {allow: []}\n") ==
        Lines{"1:1 schema-missing-key: the document lacks the required key \"policy\" | add \"policy\": a "
              "string"});
  CHECK(
      policy_faults("policy: p\ncapabilites: {}\n") ==
      Lines{"2:1 schema-unknown-key /capabilites: unknown key \"capabilites\" in the document; did you mean "
            "\"capabilities\"? | write \"capabilities\""});
  CHECK(policy_faults("policy: p\ngrants:\n- name: g\n") ==
        Lines{"3:3 schema-missing-key /grants/0: grants[0] lacks the required key \"match\" | add \"match\": "
              "a mapping"});
  CHECK(policy_faults("policy: p\nlimits: {artifact_bytes: 5 MB}\n") ==
        Lines{"2:26 schema-pattern /limits/artifact_bytes: limits.artifact_bytes is \"5 MB\", but must be a "
              "size such as "
              "512MiB"});
  CHECK(policy_faults("policy: p\nunits: {exec_prefixes: ['$']}\n") ==
        Lines{"2:25 schema-enum /units/exec_prefixes/0: units.exec_prefixes[0] is \"$\", but must be one of "
              "+, !, !!, -, :, "
              "@, | | use +, !, !!, -, :, @ or |"});
  CHECK(policy_faults("policy: p\ngrants: [{name: g, match: {id: [a]}, expires: tomorrow}]\n") ==
        Lines{"2:47 schema-pattern /grants/0/expires: grants[0].expires is \"tomorrow\", but must be a date "
              "such as "
              "2027-06-30"});
}

TEST_CASE("a saved plan has its keys, and steps may carry what their kind needs") {
  const std::string zeros(64, '0');
  Json plan = Json::parse(R"({"plan": {"schema": "addonctl.plan/v1", "verb": "apply",
    "inputs": {"addons": [{"id": "probe", "version": "1.0.0", "files": {}}]},
    "steps": [{"op": "stage", "addon": "probe", "files": []}, {"op": "reload", "units": ["a.service"]}],
    "summary": {"add": 1, "update": 0, "remove": 0, "unchanged": 0}}})");
  const std::string digest = "sha256:" + zeros;
  plan["plan"]["digest"] = digest;
  plan["plan"]["inputs"]["policy"] = digest;
  plan["plan"]["inputs"]["host"] = digest;
  plan["plan"]["inputs"]["addons"][0]["manifest"] = digest;
  plan["plan"]["inputs"]["addons"][0]["files"]["probe"] = digest;
  CHECK(lines_of(plan_schema().validate(from_json(plan, "plan.json"))).empty());

  plan["plan"]["steps"][1]["op"] = "relaod";
  plan["plan"]["digest"] = "sha256:" + std::string(64, 'x');
  CHECK(lines_of(plan_schema().validate(from_json(plan, "plan.json"))) ==
        Lines{"0:0 schema-enum /plan/steps/1/op: plan.steps[1].op is \"relaod\", but must be one of stage, "
              "set-capabilities, install-unit, remove-unit, install-drop-in, remove-drop-in, make-state-dir, "
              "purge-state-dir, switch-current, "
              "use-package, "
              "reload, enable-unit, disable-unit, start-unit, restart-unit, stop-unit, check-health, "
              "update-registry; did you "
              "mean \"reload\"? | write \"reload\"",
              "0:0 schema-pattern /plan/digest: plan.digest is \"sha256:" + std::string(64, 'x') +
                  "\", but must be sha256: and 64 hexadecimal digits"});
}

namespace {
void collect_pointers(const Json& value, const Json::json_pointer& at, std::vector<Json::json_pointer>& out) {
  out.push_back(at);
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) collect_pointers(value[i], at / i, out);
  } else if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) collect_pointers(inner, at / key, out);
  }
}

// Replaces every value in turn by each of some wrong ones; gives how many documents were refused.
int refused_variants(const Schema& schema, const Json& original) {
  const std::vector<Json> wrong = {nullptr,
                                   true,
                                   -1,
                                   0,
                                   1e300,
                                   "",
                                   "x y",
                                   "\n",
                                   std::string(20000, 'a'),
                                   Json::array(),
                                   Json::array({1, 1}),
                                   Json::object(),
                                   Json{{"unknown", 1}}};
  std::vector<Json::json_pointer> pointers;
  collect_pointers(original, Json::json_pointer(), pointers);
  int refused = 0;
  for (const Json::json_pointer& pointer : pointers) {
    for (const Json& value : wrong) {
      Json variant = original;
      variant[pointer] = value;
      const std::vector<Finding> findings = schema.validate(from_json(variant, "v.json"));
      CAPTURE(pointer.to_string(), value.dump().substr(0, 40));
      for (const Finding& finding : findings) {
        CAPTURE(finding.message);
        CHECK(finding.rule != &rules::schema_other);
        CHECK(finding.pointer.find(pointer.to_string()) == 0);
      }
      if (!findings.empty()) ++refused;
    }
  }
  return refused;
}
}  // namespace

TEST_CASE("whatever valijson refuses has words of its own, at the place that was changed") {
  const Json manifest = Json::parse(R"({"id": "a", "name": "A", "version": "1.0.0", "kind": "native",
    "delivery": "pushed-artifact", "supervision": "systemd-service", "capabilities": ["c"],
    "requires": {"base_agent": ">=1.0.0", "platforms": ["linux"], "os_capabilities": ["CAP_BPF"], "run_as": "u",
      "addons": [{"id": "b", "version": "1.0.0"}], "package": {"name": "p", "version": ">=1"}},
    "exec": {"binary": "a", "install_path": "/b", "args": ["x"]},
    "systemd": {"units": ["a.service"], "primary": "a.service"}, "files": [{"path": "f", "mode": "0644"}],
    "state_dirs": ["/run/a", {"path": "/srv/a", "owner": "u", "group": "g", "mode": "0750"}],
    "health": {"timeout": "1s", "stable_for": "1s", "exec": ["a"]},
    "artifacts": [{"os": "linux", "arch": "amd64", "object_key": "k", "signature_ref": "s",
      "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}],
    "config_schema": "c.json",
    "resources": {"cpu_max_percent": 1, "memory_max_bytes": 2, "memory_high_bytes": 1, "tasks_max": 1, "slice": "a.slice"},
    "plugin": {}, "signal_schemas": [{}], "producer_schedules": [{}]})");
  REQUIRE(addon_manifest_schema().validate(from_json(manifest, "v.json")).empty());
  CHECK(refused_variants(addon_manifest_schema(), manifest) > 400);

  const auto policy = parse_yaml(full_policy, "p.yaml");
  REQUIRE(policy);
  Document typed = *policy;
  site_policy_schema().resolve_strings(typed);
  CHECK(refused_variants(site_policy_schema(), to_json(typed.root)) > 400);
}
