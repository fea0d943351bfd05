#include "fixture.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <utility>

#include "unit/unit_file.hpp"

namespace addon::policy::test {

namespace {

template <class T>
T valid(Result<T> result) {
  REQUIRE(result);
  return std::move(*result);
}

Version version() { return valid(Version::parse("1.2.3")); }

std::string shown(const Finding& finding) {
  return fmt::format("{}:{} {} [{}]: {} | {}", finding.at.file, finding.at.line, finding.rule->id,
                     finding.policy ? to_string(*finding.policy) : "", finding.message, finding.fix);
}

}  // namespace

SitePolicy policy_of(std::string_view text) {
  ParsedPolicy parsed = parse_policy({{"policy.yaml", fmt::format("policy: test\n{}", text)}});
  for (const Finding& finding : parsed.findings) FAIL(shown(finding));
  REQUIRE(parsed.policy);
  return std::move(*parsed.policy);
}

Lines parse_findings(const std::vector<PolicyFile>& files) {
  const ParsedPolicy parsed = parse_policy(files);
  CHECK(parsed.policy.has_value() != has_errors(parsed.findings));
  Lines lines;
  for (const Finding& finding : parsed.findings) {
    lines.push_back(fmt::format("{} {} {} {}: {} | {}", to_string(finding.at), to_string(finding.severity),
                                finding.rule->id, finding.pointer, finding.message, finding.fix));
  }
  return lines;
}

AddonId id_of(std::string_view id) { return valid(AddonId::parse(id)); }

plan::Plan plan_of(std::vector<plan::Action> actions) {
  plan::Plan plan;
  plan.verb = "apply";
  for (plan::Action& action : actions) plan.steps.push_back({std::move(action), {}});
  return plan;
}

CapabilitySet set_of(const Lines& names) {
  CapabilitySet set;
  for (const std::string& name : names) {
    const auto capability = Capability::from_name(name);
    REQUIRE(capability);
    set.insert(*capability);
  }
  return set;
}

plan::Action file_capabilities(std::string_view id, const Lines& names) {
  host::FileCapabilities after;
  after.permitted = set_of(names);
  after.effective = true;
  plan::SetCapabilities action{id_of(id), version(), RelativePath::of({"probe"}), {}, after, {}};
  for (const std::string& name : names) {
    const int line = static_cast<int>(action.asked.size()) + 1;
    action.asked.push_back({name, {"addon.yaml", line, 5}, "/requires/os_capabilities"});
  }
  return action;
}

plan::Action activation(std::string_view id, std::string_view delivery, std::string_view supervision,
                        std::string_view run_as) {
  plan::SwitchCurrent action{id_of(id), {}, version(), {}};
  action.terms = plan::Terms{{std::string(delivery), {"addon.yaml", 6, 1}, "/delivery"},
                             {std::string(supervision), {"addon.yaml", 7, 1}, "/supervision"},
                             {std::string(run_as), {"addon.yaml", 8, 1}, "/requires/run_as"}};
  return action;
}

SourceSpan line_of(const plan::InstallUnit& unit, int line) { return {unit.unit.str(), line, 1}; }

plan::InstallUnit root_service_of(std::string_view id, std::string_view name) {
  UnitName unit_name = valid(UnitName::parse(name));
  const SourceSpan at{unit_name.str(), 0, 0};
  unit::Privileges privileges;
  privileges.user.at = privileges.dynamic_user.at = privileges.ambient.at = at;
  privileges.bounding = {CapabilitySet::all(), at};
  unit::Install install;
  if (unit_name.is_timer()) {
    install.activates = {unit_name.str().substr(0, unit_name.str().rfind('.')) + ".service", at};
  }
  return {id_of(id),
          version(),
          unit_name,
          {},
          Digest::of("unit"),
          {unit_name.str(), {"addon.yaml", 12, 1}, "/systemd/units/0"},
          std::move(privileges),
          std::move(install),
          {},
          {},
          {}};
}

plan::InstallUnit service_of(std::string_view id, std::string_view name) {
  plan::InstallUnit unit = root_service_of(id, name);
  unit.privileges.user = {"probe", line_of(unit, 2)};
  return unit;
}

plan::InstallUnit unit_from(std::string_view id, std::string_view name, std::string_view text) {
  plan::InstallUnit unit = service_of(id, name);
  unit::UnitFile parsed = unit::parse_unit(text, unit.unit.str()).unit;
  unit.privileges = unit::analyze(parsed, unit.unit).privileges;
  unit.install = unit::read_install(parsed, unit.unit);
  unit.directives = std::move(parsed.directives);
  return unit;
}

Lines refusals(const SitePolicy& policy, std::vector<plan::Action> actions, std::chrono::sys_days day) {
  Lines lines;
  for (const Finding& finding : judge(plan_of(std::move(actions)), policy, day).findings) {
    CHECK_FALSE(finding.addon.empty());
    lines.push_back(shown(finding));
  }
  return lines;
}

Lines decisions(const SitePolicy& policy, std::vector<plan::Action> actions, std::chrono::sys_days day) {
  Lines lines;
  for (const plan::Step& step : judge(plan_of(std::move(actions)), policy, day).plan.steps) {
    for (const plan::Decision& decision : step.allowed_by) {
      lines.push_back(fmt::format("{} at {}:{} by {}", decision.subject, decision.asked_at.file,
                                  decision.asked_at.line, to_string(decision.by)));
    }
  }
  return lines;
}

}  // namespace addon::policy::test
