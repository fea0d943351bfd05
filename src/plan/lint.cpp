#include "plan/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "plan/compile_addon.hpp"

namespace addon::plan {

std::vector<Step> lint_steps(const manifest::Manifest& manifest) {
  std::vector<Step> steps;
  const bool is_staged = manifest.delivery.value == manifest::Delivery::pushed_artifact;
  if (is_staged && !manifest.os_capabilities.empty()) {
    steps.push_back({SetCapabilities{manifest.id.value,
                                     manifest.version.value,
                                     manifest.binary.value,
                                     {},
                                     host::permitted_and_effective(manifest.capability_set()),
                                     asked_capabilities(manifest)},
                     {}});
  }
  steps.push_back(
      {SwitchCurrent{manifest.id.value, std::nullopt, manifest.version.value, terms_of(manifest)}, {}});
  return steps;
}

std::vector<Step> lint_steps(const bundle::Bundle& bundle) {
  const manifest::Manifest& manifest = bundle.manifest;
  std::vector<Step> steps = lint_steps(manifest);
  const Release release = make_release(bundle);
  if (release.is_staged()) {
    steps.insert(
        steps.begin(),
        {Stage{release.id, release.version, release.run_as, release.files, false, manifest.version.at}, {}});
  }
  for (const bundle::BundleUnit& unit : bundle.units) steps.push_back({install_step(unit, bundle), {}});
  if (auto drop_in = make_drop_in(bundle)) {
    auto directives = drop_in_directives(*drop_in, manifest.resources);
    steps.push_back({InstallDropIn{manifest.id.value, manifest.version.value, std::move(*drop_in),
                                   std::nullopt, std::move(directives)},
                     {}});
  }
  return steps;
}

namespace {

void trap(std::vector<Finding>& findings, const Rule& rule, const InstallUnit& step, std::string message,
          SourceSpan at, std::string fix, Severity severity = Severity::error) {
  Finding finding = make_finding(rule, std::move(message), std::move(at));
  finding.severity = severity;
  finding.addon = step.addon.str();
  finding.fix = std::move(fix);
  findings.push_back(std::move(finding));
}

// With the prefix + a command runs as root, with none of what the unit takes away.
bool runs_granted_program(const InstallUnit& step) {
  return !step.granted_program.empty() &&
         std::any_of(step.privileges.exec.begin(), step.privileges.exec.end(),
                     [&](const unit::ExecCommand& command) {
                       return command.program == step.granted_program && !command.has_prefix("+");
                     });
}

// capabilities(7), "Transformation of capabilities during execve()": no_new_privs makes the
// file's capabilities void; a permitted and effective one outside the bounding set is EPERM.
void check_granted(const InstallUnit& step, std::vector<Finding>& findings) {
  const std::string asked_at = to_string(step.granted.front().at);
  const auto& nnp = step.privileges.no_new_privileges_effective;
  // The kernel then lets a program keep what the process had: nothing for a user, but for one whose
  // ambient capabilities systemd carries over, and for root.
  if (nnp.value && !step.privileges.runs_as_root() && step.privileges.ambient.value.empty()) {
    trap(findings, rules::capability_no_new_privileges, step,
         fmt::format(
             "{} runs {} without new privileges, so the file capabilities that {} asks for have no effect",
             step.unit.str(), step.granted_program, asked_at),
         nnp.at,
         "set NoNewPrivileges=no and drop what implies it, or use AmbientCapabilities= instead of "
         "os_capabilities");
  }
  std::vector<std::string> missing;
  for (const Asked& asked : step.granted) {
    const auto capability = Capability::from_name(asked.what);
    if (capability && !step.privileges.bounding.value.contains(*capability)) missing.push_back(asked.what);
  }
  if (missing.empty()) return;
  trap(findings, rules::capability_bounding_set, step,
       fmt::format(
           "the bounding set of {} lacks {}, which {} asks for: systemd could not execute {} (203/EXEC)",
           step.unit.str(), join(missing, ", "), asked_at, step.granted_program),
       step.privileges.bounding.at, fmt::format("add {} to CapabilityBoundingSet=", join(missing, " ")));
}

std::string names_of(const CapabilitySet& set) {
  std::vector<std::string> names;
  for (const Capability capability : set.members()) names.emplace_back(capability.name());
  return join(names, ", ");
}

CapabilitySet granted_set(const InstallUnit& step) {
  CapabilitySet set;
  for (const Asked& asked : step.granted) {
    if (const auto capability = Capability::from_name(asked.what)) set.insert(*capability);
  }
  return set;
}

bool keeps_nothing_of_root(const unit::Privileges& privileges) {
  const auto bits = privileges.settings.find("SecureBits");
  return bits != privileges.settings.end() && bits->second.value.is_array() &&
         std::find(bits->second.value.begin(), bits->second.value.end(), "noroot") !=
             bits->second.value.end();
}

// As seen in processes of systemd 252: it drops from the ambient set what the bounding set lacks, without a
// word; the kernel clears the set of a program whose file has capabilities, but for root's;
// NoNewPrivileges= takes nothing from it.
void check_ambient(const InstallUnit& step, std::vector<Finding>& findings) {
  const unit::Privileges& privileges = step.privileges;
  const auto& ambient = privileges.ambient;
  if (ambient.value.empty() || privileges.exec.empty()) return;
  const CapabilitySet dropped = ambient.value - privileges.bounding.value;
  if (!dropped.empty()) {
    trap(
        findings, rules::capability_ambient_void, step,
        fmt::format("AmbientCapabilities= of {} has {}, which its bounding set by {} lacks: systemd drops it",
                    step.unit.str(), names_of(dropped), to_string(privileges.bounding.at)),
        ambient.at, fmt::format("add {} to CapabilityBoundingSet=, or do without it", names_of(dropped)));
  }
  if (privileges.runs_as_root()) {
    if (dropped == ambient.value || keeps_nothing_of_root(privileges)) return;
    trap(findings, rules::capability_ambient_void, step,
         fmt::format("AmbientCapabilities= gives {} nothing: by {} it runs as root, which has its whole "
                     "bounding set",
                     step.unit.str(), to_string(privileges.user.at)),
         ambient.at, "set User= to another user, or remove AmbientCapabilities=", Severity::warning);
    return;
  }
  const CapabilitySet lost = ambient.value - dropped - granted_set(step);
  if (lost.empty() || step.granted.empty() || !runs_granted_program(step)) return;
  trap(findings, rules::capability_ambient_void, step,
       fmt::format("{} runs {} without {} of AmbientCapabilities=: the file capabilities that {} asks for "
                   "clear the ambient set",
                   step.unit.str(), step.granted_program, names_of(lost), to_string(step.granted.front().at)),
       ambient.at,
       fmt::format("add {} to os_capabilities, or ask for all of them in one place", names_of(lost)));
}

// Without run_as a program with capabilities is for root's group only.
void check_group(const InstallUnit& step, std::vector<Finding>& findings) {
  const unit::Privileges& privileges = step.privileges;
  const std::string& group = privileges.group.value;
  if (!step.run_as.what.empty() || privileges.runs_as_root() || group == "root" || group == "0") return;
  trap(findings, rules::run_as_contradicts_user, step,
       fmt::format("{} could not execute {} as {}: with the capabilities that {} asks for and no run_as, it "
                   "is for root only",
                   step.unit.str(), step.granted_program,
                   privileges.dynamic_user.value ? "a dynamic user" : printable(privileges.user.value),
                   to_string(step.granted.front().at)),
       privileges.user.at, "let the manifest's run_as name the unit's user");
}

// A program with capabilities is 0750 and run_as's: another user could not execute it at all. Else
// the unit's user is what counts, and policy judges that; the manifest only misleads its reader.
void check_user(const InstallUnit& step, std::vector<Finding>& findings) {
  if (step.run_as.what.empty() || step.privileges.exec.empty()) return;
  const unit::Privileges& privileges = step.privileges;
  const std::string user = privileges.user.value.empty() ? "root" : privileges.user.value;
  if (!privileges.dynamic_user.value && user == step.run_as.what) return;
  const bool cannot_execute = runs_granted_program(step) && !privileges.runs_as_root();
  trap(findings, rules::run_as_contradicts_user, step,
       fmt::format("{} runs as {}, but {} says run_as {}", step.unit.str(),
                   privileges.dynamic_user.value ? "a dynamic user" : printable(user),
                   to_string(step.run_as.at), printable(step.run_as.what)),
       privileges.user.at,
       fmt::format("set User={} in the unit, or change run_as", printable(step.run_as.what)),
       cannot_execute ? Severity::error : Severity::warning);
}

}  // namespace

std::vector<Finding> traps(const std::vector<Step>& steps) {
  std::vector<Finding> findings;
  for_each_unit(steps, [&](const InstallUnit& unit) {
    if (runs_granted_program(unit)) {
      check_granted(unit, findings);
      check_group(unit, findings);
    }
    check_ambient(unit, findings);
    check_user(unit, findings);
  });
  return findings;
}

void for_each_unit(const std::vector<Step>& steps, const std::function<void(const InstallUnit&)>& visit) {
  for (const Step& step : steps) {
    if (const auto* install = std::get_if<InstallUnit>(&step.action)) visit(*install);
    if (const Terms* terms = terms_in(step.action)) {
      for (const InstallUnit& unit : terms->standing_units) visit(unit);
    }
  }
}

}  // namespace addon::plan
