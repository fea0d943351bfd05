#include "policy_text.hpp"

#include <fmt/format.h>
#include <rapidcheck.h>

#include <map>
#include <ostream>
#include <set>

#include "core/text.hpp"
#include "policy/judge.hpp"
#include "unit/unit_file.hpp"

namespace addon::policy::test {

namespace {

template <class T>
T valid(Result<T> result) {
  RC_ASSERT(result.has_value());
  return std::move(*result);
}

using Keys = std::map<std::string, std::set<std::string>>;

std::string text_of(const std::string& key, const std::set<std::string>& values) {
  const std::vector<std::string> list(values.begin(), values.end());
  if (key == "allow_dynamic_user") return fmt::format("{}: {}", key, list.front());
  const char* form = key == "require" ? "{}: {{{}}}" : "{}: [{}]";
  return fmt::format(fmt::runtime(form), key, join(list, ", "));
}

/// "capabilities: {allow: [CAP_BPF]}" and so on, each after the indentation.
std::string text_of(const std::vector<Fact>& facts, const std::string& indentation) {
  std::map<std::string, Keys> sections;
  for (const Fact& fact : facts) sections[fact.section][fact.key].insert(fact.value);
  std::string text;
  for (const auto& [section, keys] : sections) {
    std::vector<std::string> parts;
    for (const auto& [key, values] : keys) parts.push_back(text_of(key, values));
    text += fmt::format("{}{}: {{{}}}\n", indentation, section, join(parts, ", "));
  }
  return text;
}

plan::Action file_capability(const AddonId& id, const std::string& name) {
  host::FileCapabilities after;
  after.permitted.insert(*Capability::from_name(name));
  after.effective = true;
  return plan::SetCapabilities{
      id, valid(Version::parse("1.0.0")), RelativePath::of({"x"}), {}, after, {{name, {}, {}}}};
}

plan::Action activation(const AddonId& id, const plan::Terms& terms) {
  return plan::SwitchCurrent{id, {}, valid(Version::parse("1.0.0")), terms};
}

plan::Action unit_of(const AddonId& id, const std::string& name, const std::string& text) {
  const UnitName unit = valid(UnitName::parse(name));
  unit::UnitFile parsed = unit::parse_unit(text, name).unit;
  return plan::InstallUnit{.addon = id,
                           .version = valid(Version::parse("1.0.0")),
                           .unit = unit,
                           .before = {},
                           .after = Digest::of(text),
                           .name = {name, {}, {}},
                           .privileges = unit::analyze(parsed, unit).privileges,
                           .install = unit::read_install(parsed, unit),
                           .run_as = {},
                           .granted_program = {},
                           .granted = {},
                           .directives = parsed.directives};
}

struct Wanted {
  std::string what;
  plan::Action action;
};

std::vector<Wanted> units_wanted(const AddonId& id) {
  const std::string own = fmt::format("ExecStart=/opt/addons/{}/current/x\n", id.str());
  const std::string plain = "[Service]\nUser=probe\n" + own;
  const std::string bounded = "[Service]\nUser=root\nCapabilityBoundingSet=CAP_BPF\n" + own;
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"plain", plain},
      {"strict", plain + "ProtectSystem=strict\n"},
      {"root", bounded},
      {"root with all", "[Service]\n" + own},
      {"dynamic", "[Service]\nDynamicUser=yes\n" + own},
      {"ambient", plain + "AmbientCapabilities=CAP_BPF CAP_CHOWN\n"},
      {"group", plain + "SupplementaryGroups=disk\n"},
      {"prefix", "[Service]\nUser=probe\nExecStart=-/opt/addons/x/../y\nExecStop=-/bin/true\n"},
      {"shell", plain + "ExecStartPre=/bin/sh -c true\n"},
      {"reference", plain + "[Unit]\nWants=ssh.service\n"},
      {"bind", plain + "BindPaths=/srv\n"},
  };
  std::vector<Wanted> wanted;
  for (const auto& [what, text] : texts) {
    for (const char* name : {"addon-x.service", "y.service"}) {
      wanted.push_back({fmt::format("{} {} as {}", id.str(), what, name), unit_of(id, name, text)});
    }
  }
  return wanted;
}

std::vector<Wanted> wanted_by(const AddonId& id) {
  std::vector<Wanted> wanted = units_wanted(id);
  for (const char* name : {"cap_bpf", "cap_chown", "cap_net_raw"}) {
    wanted.push_back({id.str() + " " + name, file_capability(id, name)});
  }
  const plan::Terms terms{{"pushed-artifact", {}, {}}, {"systemd-service", {}, {}}, {}};
  wanted.push_back({id.str() + " terms", activation(id, terms)});
  plan::Terms more = terms;
  more.run_as.what = "probe";
  more.state_dirs = {{"/var/lib/addons/x", {}, {}}};
  wanted.push_back({id.str() + " terms with user and directory", activation(id, more)});
  return wanted;
}

std::vector<Wanted> all_wanted() {
  std::vector<Wanted> all;
  for (const char* id : {"probe", "scan"}) {
    for (Wanted& wanted : wanted_by(valid(AddonId::parse(id)))) all.push_back(std::move(wanted));
  }
  return all;
}

}  // namespace

void showValue(const Fact& fact, std::ostream& out) {
  out << fmt::format("{}.{}: {}", fact.section, fact.key, fact.value);
  if (!fact.grant_id.empty()) out << " for " << fact.grant_id << (fact.expired ? ", expired" : "");
}

const std::vector<Fact>& all_facts() {
  static const std::vector<Fact> facts = {
      {"capabilities", "allow", "CAP_BPF"},
      {"capabilities", "allow", "CAP_CHOWN"},
      {"capabilities", "deny", "cap_bpf"},
      {"capabilities", "deny", "CAP_CHOWN"},
      {"supervision", "allow", "systemd-service"},
      {"delivery", "allow", "pushed-artifact"},
      {"run_as", "allow", "probe"},
      {"run_as", "allow", "root"},
      {"run_as", "allow", "disk"},
      {"run_as", "allow_dynamic_user", "true"},
      {"units", "names", "'addon-*'"},
      {"units", "names", "'**'"},
      {"units", "exec_prefixes", "'-'"},
      {"units", "exec_paths", "/bin/*"},
      {"units", "exec_paths", "'**'"},
      {"units", "references", "ssh.service"},
      {"units", "forbid", "BindPaths"},
      {"units", "forbid", "Wants"},
      {"units", "require", "ProtectSystem: [strict]"},
      {"paths", "state_dirs", "/var/lib/addons/*"},
      {"paths", "root_files", "/srv"},
  };
  return facts;
}

PolicyFile file_of(const std::vector<Fact>& facts, const std::string& name) {
  std::vector<Fact> own;
  std::string grants;
  for (const Fact& fact : facts) {
    if (fact.grant_id.empty()) {
      own.push_back(fact);
      continue;
    }
    grants += fmt::format("  - name: {}-{}\n    match: {{id: ['{}']}}\n", name, grants.size(), fact.grant_id);
    if (fact.expired) grants += "    expires: 2026-06-14\n";
    grants += text_of({fact}, "    ");
  }
  return {name, fmt::format("policy: {}\n{}{}", name, text_of(own, ""),
                            grants.empty() ? "" : "grants:\n" + grants)};
}

SitePolicy policy_of(const std::vector<PolicyFile>& files) {
  ParsedPolicy parsed = parse_policy(files);
  for (const Finding& finding : parsed.findings) RC_FAIL(finding.message);
  RC_ASSERT(parsed.policy.has_value());
  return std::move(*parsed.policy);
}

const std::vector<plan::Plan>& all_plans() {
  static const std::vector<plan::Plan> plans = [] {
    std::vector<plan::Plan> made;
    plan::Plan together;
    for (const Wanted& wanted : all_wanted()) {
      made.emplace_back().steps.push_back({wanted.action, {}});
      together.steps.push_back({wanted.action, {}});
    }
    made.push_back(std::move(together));
    return made;
  }();
  return plans;
}

Verdicts verdicts(const SitePolicy& policy, std::chrono::sys_days day) {
  static const std::vector<Wanted> requests = all_wanted();
  Verdicts result;
  plan::Plan together;
  for (const Wanted& wanted : requests) {
    plan::Plan plan;
    plan.steps.push_back({wanted.action, {}});
    together.steps.push_back({wanted.action, {}});
    result.emplace_back(wanted.what, judge(std::move(plan), policy, day).findings.empty());
  }
  result.emplace_back("all together", judge(std::move(together), policy, day).findings.empty());
  return result;
}

}  // namespace addon::policy::test
