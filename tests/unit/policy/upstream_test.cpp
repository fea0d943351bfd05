// Published units, judged by policies that allow what their manifests ask for and no more. They lie beside
// the project, not in it: ADDONCTL_UPSTREAM names their place, and without them there is nothing to test
// here.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fixture.hpp"

using namespace addon;
using namespace addon::policy;
using namespace addon::policy::test;

namespace {
std::filesystem::path units_directory() {
  const char* place = std::getenv("ADDONCTL_UPSTREAM");
  return std::filesystem::path(place != nullptr ? place : UPSTREAM_DEFAULT) / "units";
}

bool has_units() {
  if (std::filesystem::is_directory(units_directory())) return true;
  WARN("no published units at " << units_directory());
  return false;
}

plan::InstallUnit published(std::string_view id, const std::string& name) {
  std::ifstream file(units_directory() / name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return unit_from(id, name, text.str());
}

/// "RULE: message" of each refusal.
Lines said(const SitePolicy& policy, std::vector<plan::Action> actions) {
  Lines lines;
  for (const Finding& finding : judge(plan_of(std::move(actions)), policy, today).findings)
    lines.push_back(std::string(finding.rule->id) + ": " + finding.message);
  return lines;
}

bool has(const Lines& lines, const std::string& part) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(part) != std::string::npos; });
}

// What netprobe's manifest declares: four capabilities, and the user serviceradar.
const std::string kDeclared =
    "capabilities: {allow: [CAP_NET_RAW, CAP_NET_ADMIN, CAP_BPF, CAP_PERFMON]}\n"
    "run_as: {allow: [serviceradar]}\n";
const std::string kPrograms =
    "  exec_paths: ['/var/lib/serviceradar/agent/addons/**', '/usr/bin/**', /bin/sh]\n";
}  // namespace

TEST_CASE("netprobe's unit gets nothing that its manifest does not declare") {
  if (!has_units()) return;
  const auto unit = published("netprobe", "serviceradar-netprobe.service");
  const Lines found =
      said(policy_of(kDeclared + "units:\n  names: ['serviceradar-*']\n" + kPrograms), {unit});
  CHECK(
      found ==
      Lines{
          "policy-run-as: no policy line allows serviceradar-netprobe.service to run as root, which it does "
          "without User=",
          "policy-unit-reference: no policy line allows serviceradar-netprobe.service to reach "
          "serviceradar.slice by Slice=",
          "policy-exec-prefix: no policy line allows the prefix + in ExecStartPre= of "
          "serviceradar-netprobe.service",
          "policy-capability: serviceradar-netprobe.service starts as root and keeps capabilities by its "
          "CapabilityBoundingSet=; no policy line allows cap_setgid, cap_setuid"});
}

TEST_CASE("each of netprobe's escalations is refused by itself, with all of the others allowed") {
  if (!has_units()) return;
  const auto unit = published("netprobe", "serviceradar-netprobe.service");
  const auto with = [&](const std::string& users, const std::string& capabilities,
                        const std::string& prefixes, const std::string& programs) {
    return said(
        policy_of("run_as: {allow: [serviceradar" + users +
                  "]}\ncapabilities: {allow: [CAP_NET_RAW, "
                  "CAP_NET_ADMIN, CAP_BPF, CAP_PERFMON" +
                  capabilities +
                  "]}\nunits:\n  names: ['*']\n  references: [serviceradar.slice]\n  exec_prefixes: [" +
                  prefixes + "]\n" + programs),
        {unit});
  };
  const std::string both = ", CAP_SETUID, CAP_SETGID";
  CHECK(with(", root", both, "'+'", kPrograms).empty());
  CHECK(has(with("", both, "'+'", kPrograms), "policy-run-as: "));
  CHECK(has(with(", root", ", CAP_SETUID", "'+'", kPrograms), "no policy line allows cap_setgid"));
  CHECK(has(with(", root", ", CAP_SETGID", "'+'", kPrograms), "no policy line allows cap_setuid"));
  CHECK(has(with(", root", both, "", kPrograms), "policy-exec-prefix: "));
  const Lines programs = with(", root", both, "'+'", "");
  for (const char* program : {"/bin/sh", "/usr/bin/install", "/usr/bin/rm",
                              "/var/lib/serviceradar/agent/addons/netprobe/current/serviceradar-netprobe"}) {
    CHECK(has(programs, std::string("to run ") + program));
  }
}

TEST_CASE("published units are refused what the most generous of careless policies would leave open") {
  if (!has_units()) return;
  // Every program, name and reference: no user, prefix, capability, path or alias.
  const SitePolicy policy = policy_of("units: {names: ['**'], exec_paths: ['**'], references: ['**']}\n");
  for (const auto& entry : std::filesystem::directory_iterator(units_directory())) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".service")) continue;
    INFO(name);
    const plan::InstallUnit unit = published("it", name);
    const Lines found = said(policy, {unit});
    CHECK(has(found, "policy-run-as: "));
    for (const unit::Directive& directive : unit.directives) {
      if (directive.key == "StateDirectory" && !directive.value.empty()) {
        CHECK(has(found, "by StateDirectory= of " + name));
      }
      if (directive.key == "EnvironmentFile" || directive.value.starts_with("append:")) {
        CHECK(has(found, directive.key + "= of " + name + " to have root open "));
      }
      if (directive.key == "Alias") CHECK(has(found, "Alias="));
      if (directive.key == "AmbientCapabilities" && !directive.value.empty()) {
        CHECK(has(found, "ambient capability"));
      }
      if (directive.key.starts_with("Exec") && directive.value.starts_with("+")) {
        CHECK(has(found, "the prefix +"));
      }
    }
  }
}
