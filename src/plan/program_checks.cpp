// What an add-on needs besides its own files: a host that runs its program, and an agent that knows it.
#include <fmt/format.h>

#include "bundle/machine.hpp"
#include "core/text.hpp"
#include "plan/host_checks.hpp"

namespace addon::plan {

namespace {

Finding unmet(const bundle::Bundle& wanted, const Rule& rule, std::string message, const SourceSpan& at,
              const std::string& pointer, std::string fix) {
  Finding finding = make_finding(rule, std::move(message), at, pointer);
  finding.addon = wanted.manifest.id.value.str();
  finding.fix = std::move(fix);
  return finding;
}

void check_agent(const bundle::Bundle& wanted, const host::HostState& host, std::vector<Finding>& findings) {
  const auto& asked = wanted.manifest.base_agent;
  if (asked.value.empty() || !host.base_agent) return;
  const std::string needs =
      fmt::format("{} needs base agent {}", wanted.manifest.id.value.str(), asked.value);
  const host::BaseAgent& agent = *host.base_agent;
  if (!agent.version) {
    findings.push_back(
        unmet(wanted, rules::host_base_agent, fmt::format("{}, and {}", needs, agent.fault), asked.at,
              asked.pointer,
              "write the agent's version to /etc/addonctl/agent-version, or let the site policy "
              "name a command that says it (base_agent.version_command)"));
  } else if (!manifest::meets_constraint(*agent.version, asked.value)) {
    findings.push_back(
        unmet(wanted, rules::host_base_agent,
              fmt::format("{}, and this host has {}, by {}", needs, agent.version->str(), agent.source),
              asked.at, asked.pointer, "install a base agent that will do"));
  }
}

}  // namespace

std::vector<Finding> check_program_and_agent(const bundle::Bundle& wanted, const host::HostState& host) {
  std::vector<Finding> findings;
  check_agent(wanted, host, findings);
  if (!bundle::runs_on(wanted.machine, host.platform.arch)) {
    findings.push_back(
        unmet(wanted, rules::host_architecture,
              fmt::format("{} is a program for {}, and this host is {}", wanted.manifest.binary.value.str(),
                          wanted.machine, host.platform.arch),
              wanted.manifest.binary.at, wanted.manifest.binary.pointer,
              fmt::format("use the bundle that was built for {}", host.platform.arch)));
  }
  return findings;
}

}  // namespace addon::plan
