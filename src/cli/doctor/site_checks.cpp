// What the site has written: policy, keys and overrides.
#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "cli/doctor/checks.hpp"
#include "cli/trusted_keys.hpp"
#include "executor/layout.hpp"
#include "executor/trusted_text.hpp"
#include "manifest/override.hpp"
#include "policy/check.hpp"

namespace addon::cli::doctor {

namespace {
constexpr std::string_view kPolicy = "policy";
constexpr std::string_view kKeys = "trusted-keys";
constexpr std::string_view kOverrides = "overrides";
constexpr std::string_view kYaml = ".yaml";
constexpr std::size_t kLargestOverride = std::size_t{2} << 20U;

std::string placed(const Finding& finding) {
  return finding.at.file.empty() || finding.message.find(finding.at.file) != std::string::npos
             ? finding.message
             : fmt::format("{}: {}", to_string(finding.at), finding.message);
}

std::string counted(std::size_t number, std::string_view noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

// The first of them stands for all, for another verb tells them in full.
Check told_by(std::string_view name, Standing standing, const std::vector<Finding>& findings,
              const std::string& verb) {
  const Finding& first = findings.front();
  const std::string more =
      findings.size() > 1 ? fmt::format(" (and {} more)", findings.size() - 1) : std::string();
  Check check = split_advice({name, standing, placed(first) + more, findings.size() == 1 ? first.fix : ""});
  if (check.fix.empty()) check.fix = verb + " says all of it";
  return check;
}

Checks from_error(std::string_view name, const Error& error, const std::string& verb) {
  if (error.findings().empty()) return {unseen(name, error)};
  return {told_by(name, Standing::problem, error.findings(), verb)};
}

std::string policy_check(const Patient& patient) {
  const std::string root =
      patient.options.root.empty() ? "" : fmt::format(" --root {}", patient.options.root);
  return fmt::format("addonctl{} policy check", root);
}

std::chrono::sys_days today(const Patient& patient) {
  return std::chrono::floor<std::chrono::days>(patient.session.clock().now());
}

bool asks_for_signatures(const policy::SitePolicy& policy) { return !policy.signatures_required.empty(); }

// One file in overrides.d.
Checks look_at_override(const Patient& patient, const std::string& name) {
  const RelativePath path = executor::overrides_dir() / name;
  const std::string file = patient.session.path("/" + path.str());
  const bool is_named_well =
      name.ends_with(kYaml) && AddonId::parse(name.substr(0, name.size() - kYaml.size()));
  if (!is_named_well) {
    return {warning(kOverrides,
                    fmt::format("{} has no effect: its name is not that of an add-on and .yaml", file),
                    fmt::format("rename it to ID.yaml, or remove it"))};
  }
  const auto text = executor::read_trusted_text(patient.session.root(), path, kLargestOverride);
  if (!text) return {unseen(kOverrides, text.error())};
  if (!*text) return {};
  const manifest::ParsedOverride parsed = manifest::parse_override(**text, file);
  if (parsed.local) return {};
  return {told_by(kOverrides, Standing::problem, parsed.findings, fmt::format("addonctl lint {}", file))};
}
}  // namespace

Checks read_policy(Patient& patient) {
  auto loaded = load_policy_alone(root_path(patient.options), PolicyTrust::root_only);
  if (!loaded) return from_error(kPolicy, loaded.error(), policy_check(patient));
  if (!loaded->present) {
    return {problem(kPolicy, "there is no site policy, so nothing is allowed",
                    fmt::format("write {} as root", loaded->usual_place))};
  }
  patient.policy = std::move(*loaded);
  const policy::SitePolicy& policy = patient.policy->policy;
  Checks checks = {
      ok(kPolicy, fmt::format("is root's and sound: {}, {}", counted(policy.names.size(), "file"),
                              counted(policy.grants.size(), "grant")))};
  const auto warnings = policy::check_policy(policy, today(patient));
  if (!warnings.empty())
    checks.push_back(told_by(kPolicy, Standing::warning, warnings, policy_check(patient)));
  return checks;
}

Checks keys(const Patient& patient) {
  const auto trusted = load_trusted_keys(root_path(patient.options), PolicyTrust::root_only);
  if (!trusted) return from_error(kKeys, trusted.error(), policy_check(patient));
  const std::size_t number = trusted->keys.size();
  Checks checks;
  if (patient.policy && number == 0 && asks_for_signatures(patient.policy->policy)) {
    return {
        problem(kKeys,
                fmt::format("the policy asks for signatures ({}), and no key is trusted",
                            to_string(patient.policy->policy.signatures_required.front())),
                fmt::format("put public keys into {}", patient.session.path("/etc/addonctl/trusted-keys")))};
  }
  if (patient.policy) {
    const auto missing = policy::unknown_keys(patient.policy->policy, trusted->keys);
    if (!missing.empty()) checks.push_back(told_by(kKeys, Standing::warning, missing, policy_check(patient)));
  }
  if (checks.empty()) {
    checks.push_back(ok(kKeys, number == 0 ? "there are none, and the policy asks for none"
                                           : fmt::format("{}, root's and sound", counted(number, "key"))));
  }
  return checks;
}

Checks overrides(const Patient& patient) {
  const auto folder = patient.session.root().open_directory_if_present(executor::overrides_dir());
  if (!folder) return {unseen(kOverrides, folder.error())};
  if (*folder == nullptr) return {ok(kOverrides, "there are none")};
  const auto entries = (*folder)->list();
  if (!entries) return {unseen(kOverrides, entries.error())};
  Checks checks;
  for (const host::DirectoryEntry& entry : *entries) {
    if (is_safe_segment(entry.name)) append(checks, look_at_override(patient, entry.name));
  }
  if (checks.empty())
    checks.push_back(
        ok(kOverrides, fmt::format("{}, root's and sound", counted(entries->size(), "override"))));
  return checks;
}

}  // namespace addon::cli::doctor
