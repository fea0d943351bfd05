#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"
#include "policy/judge.hpp"
#include "policy/site_policy.hpp"

namespace addon::policy::test {

using Lines = std::vector<std::string>;

/// The day on which the tests judge.
inline constexpr std::chrono::sys_days today = std::chrono::year(2026) / 6 / 15;

/// A policy of one file, "policy.yaml", without a finding. The text follows the line `policy: test`.
SitePolicy policy_of(std::string_view text);
/// "FILE:LINE:COLUMN SEVERITY RULE POINTER: MESSAGE | FIX" of each finding of the parse.
Lines parse_findings(const std::vector<PolicyFile>& files);

AddonId id_of(std::string_view id);
/// A plan of these actions.
plan::Plan plan_of(std::vector<plan::Action> actions);

/// Gives the binary of the add-on capabilities; the Nth name stands at addon.yaml:N.
plan::Action file_capabilities(std::string_view id, const Lines& names);
/// Makes a version current whose manifest says this.
plan::Action activation(std::string_view id, std::string_view delivery, std::string_view supervision,
                        std::string_view run_as = "");

/// A service of the add-on that has User=probe at line 2 and nothing else to judge.
plan::InstallUnit service_of(std::string_view id, std::string_view name);
/// The same as root, by not having User=.
plan::InstallUnit root_service_of(std::string_view id, std::string_view name);
/// The unit of that text, as a bundle would give it. A service should say User=probe.
plan::InstallUnit unit_from(std::string_view id, std::string_view name, std::string_view text);
CapabilitySet set_of(const Lines& names);
/// FILE:LINE, where FILE is the unit's.
SourceSpan line_of(const plan::InstallUnit& unit, int line);

/// What stands in every policy of unit tests, so that only what is tested is refused.
inline constexpr std::string_view usual = "run_as: {allow: [probe]}\nunits: {names: [\"*\"]}\n";
/// A program of the add-on probe itself.
inline constexpr const char* own_program = "/opt/addons/probe/current/probe";

/// "FILE:LINE RULE [POLICY]: MESSAGE | FIX" of each finding.
Lines refusals(const SitePolicy& policy, std::vector<plan::Action> actions,
               std::chrono::sys_days day = today);
/// "SUBJECT at FILE:LINE by POLICY" of each decision of each step.
Lines decisions(const SitePolicy& policy, std::vector<plan::Action> actions,
                std::chrono::sys_days day = today);

}  // namespace addon::policy::test
