#include "unit/plan/sample.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <type_traits>

#include "plan/registry.hpp"
#include "unit/unit_file.hpp"

namespace addon::plan::test {

namespace {
constexpr unsigned kProbeGroup = 991;

std::string manifest_text(const std::string& id, const std::string& version, const std::string& rest) {
  return fmt::format(
      "id: {}\nname: {}\nversion: {}\ndescription: a sample\nkind: native\n"
      "delivery: pushed-artifact\nlanguage: c++\ncapabilities: [sampling]\n{}config_schema: {}.conf\n",
      id, id, version, rest, id);
}

unsigned mode_of(const manifest::Manifest& manifest, const std::string& name) {
  if (name != manifest.binary.value.str()) return 0644;
  return manifest.os_capabilities.empty() ? 0755 : 0750;
}

bundle::BundleUnit make_unit(const UnitName& name, const std::string& text, const std::string& source) {
  const unit::ParsedUnit parsed = unit::parse_unit(text, source + "/" + name.str());
  unit::Analysis analysis = unit::analyze(parsed.unit, name);
  INFO(text);
  REQUIRE(messages(parsed.findings) == std::vector<std::string>{});
  REQUIRE(messages(analysis.findings) == std::vector<std::string>{});
  return {name,
          Digest::of(text),
          text.size(),
          {source + "/addon.yaml", 1, 1},
          std::move(analysis.privileges),
          unit::read_install(parsed.unit, name),
          parsed.unit.directives};
}
}  // namespace

Files probe_files(const std::string& version) {
  return {{"addon.yaml", manifest_text("probe", version,
                                       "supervision: systemd-service\n"
                                       "requires:\n"
                                       "  agent_capabilities: []\n"
                                       "  platforms: [linux]\n"
                                       "  os_capabilities: [CAP_NET_RAW]\n"
                                       "  run_as: probe\n"
                                       "exec: {binary: probe}\n"
                                       "health: {timeout: 10s, stable_for: 2s}\n")},
          {"probe", "program " + version},
          {"probe.conf", "threads=1\n"},
          {"probe.service",
           "[Service]\nUser=probe\nExecStart=/opt/addons/probe/current/probe\n"
           "[Install]\nWantedBy=multi-user.target\n"}};
}

Files scan_files(const std::string& version) {
  return {{"addon.yaml", manifest_text("scan", version,
                                       "supervision: systemd-timer\n"
                                       "requires: {platforms: [linux]}\n"
                                       "exec: {binary: scan}\n")},
          {"scan", "program " + version},
          {"scan.conf", "{}\n"},
          {"scan.service", "[Service]\nType=oneshot\nUser=probe\nExecStart=/opt/addons/scan/current/scan\n"},
          {"scan.timer", "[Timer]\nOnCalendar=hourly\n[Install]\nWantedBy=timers.target\n"}};
}

Files relay_files(const std::string& version) {
  return {{"addon.yaml", manifest_text("relay", version,
                                       "supervision: agent-sidecar\n"
                                       "requires: {platforms: [linux], os_capabilities: [CAP_NET_RAW], "
                                       "run_as: probe}\n"
                                       "exec: {binary: relay, args: [--quiet]}\n"
                                       "plugin: {protocol: grpc, app_protocol_version: 1}\n"
                                       "resources: {tasks_max: 8}\n")},
          {"relay", "program " + version},
          {"relay.conf", "{}\n"}};
}

Files access_files(const std::string& version) {
  std::string text = manifest_text("access", version,
                                   "supervision: config-toggle\n"
                                   "requires: {platforms: [linux], run_as: probe}\n"
                                   "exec: {binary: agent, install_path: /usr/bin}\n");
  text.replace(text.find("pushed-artifact"), 15, "compiled-in");
  text.replace(text.find("access.conf"), 11, "addon.yaml");
  return {{"addon.yaml", text}};
}

Files requiring(Files files, const std::string& what) {
  std::string& text = files.at("addon.yaml");
  const auto at = text.find("platforms: [linux]");
  // In a mapping on one line, and in one on several.
  const std::string end = text.compare(at - 1, 1, "{") == 0 ? ", " : "\n  ";
  text.insert(at, "addons: [" + what + "]" + end);
  return files;
}

bundle::Bundle make_bundle(const Files& files, const std::string& source) {
  manifest::ParsedManifest parsed = manifest::parse_manifest(files.at("addon.yaml"), source + "/addon.yaml");
  INFO(files.at("addon.yaml"));
  REQUIRE(messages(parsed.findings) == std::vector<std::string>{});
  bundle::Bundle bundle{.source = source,
                        .manifest = std::move(*parsed.manifest),
                        .manifest_sha256 = Digest::of(files.at("addon.yaml")),
                        .files = {},
                        .units = {},
                        .primary = std::nullopt,
                        .directory = nullptr,
                        .manifest_text = files.at("addon.yaml")};
  if (bundle.manifest.delivery.value == manifest::Delivery::compiled_in) return bundle;
  const bool timer = bundle.manifest.supervision.value == manifest::Supervision::systemd_timer;
  for (const auto& [name, text] : files) {
    bundle.files.push_back(
        {path(name.c_str()), Digest::of(text), text.size(), mode_of(bundle.manifest, name), {}});
    const auto unit_name = UnitName::parse(name);
    if (!unit_name) continue;
    bundle.units.push_back(make_unit(*unit_name, text, source));
    if (unit_name->is_timer() == timer && !bundle.primary) bundle.primary = *unit_name;
  }
  if (bundle.manifest.primary) bundle.primary = bundle.manifest.primary->value;
  return bundle;
}

host::UnitStatus status_of(const UnitName& name, const std::string& active_state) {
  host::UnitStatus status{.name = name,
                          .load_state = "loaded",
                          .active_state = active_state,
                          .sub_state = "",
                          .type = name.is_timer() ? "" : "simple",
                          .result = name.is_timer() ? "" : "success",
                          .fragment_path = "",
                          .drop_in_paths = {}};
  return status;
}

host::HostState empty_host(const std::vector<bundle::Bundle>& bundles) {
  host::HostState host;
  host.platform.known_capabilities = CapabilitySet::all();
  host.users["probe"] = host::Account{990, kProbeGroup};
  for (const bundle::Bundle& bundle : bundles) {
    host.addons[bundle.manifest.id.value];
    for (const bundle::BundleUnit& one : bundle.units) {
      host.units[one.name].status.emplace(status_of(one.name, "inactive"));
    }
  }
  return host;
}

void add_version(host::HostState& host, const bundle::Bundle& bundle) {
  const Release release = make_release(bundle);
  if (!release.is_staged()) return;
  host::AddonState& addon = host.addons[release.id];
  host::InstalledVersion installed{.version = release.version, .files = {}, .strangers = {}};
  for (const ReleaseFile& file : release.files) {
    host::FileState state{.type = host::FileType::regular,
                          .mode = file.mode,
                          .uid = 0,
                          .gid = file.run_as_group ? kProbeGroup : 0,
                          .links = 1,
                          .identity = {}};
    installed.files.push_back({file.path, state, file.sha256, {}});
  }
  addon.versions.push_back(release.version);
  addon.inspected.insert_or_assign(release.version, std::move(installed));
}

host::UnitState installed_unit(const ReleaseUnit& unit, const std::string& active_state) {
  host::UnitState state;
  state.file = host::FileState{
      .type = host::FileType::regular, .mode = 0644, .uid = 0, .gid = 0, .links = 1, .identity = {}};
  state.sha256 = unit.sha256;
  state.status.emplace(status_of(unit.name, active_state));
  return state;
}

void install(host::HostState& host, const bundle::Bundle& bundle) {
  add_version(host, bundle);
  const Release release = make_release(bundle);
  host::AddonState& addon = host.addons[release.id];
  if (!release.is_staged()) return;
  addon.current = release.version;
  addon.current_target = "versions/" + release.version.str();
  for (host::InstalledFile& file : addon.inspected.at(release.version).files) {
    if (file.path == release.binary) {
      file.capabilities = host::permitted_and_effective(release.capabilities);
    }
  }
  for (const ReleaseUnit& one : release.units) {
    const bool primary = release.primary == one.name;
    host::UnitState state = installed_unit(one, primary ? "active" : "inactive");
    if (primary) {
      for (const unit::InstallLink& link : one.links) state.links.insert(link.path);
    }
    host.units.insert_or_assign(one.name, std::move(state));
  }
  if (release.drop_in) {
    host::UnitState& unit = host.units.at(release.drop_in->unit);
    unit.drop_in = {*unit.file, release.drop_in->sha256()};
  }
}

Generation generation_of(const std::vector<bundle::Bundle>& bundles) {
  Generation generation{.number = 7,
                        .time = "2026-01-31T12:00:00Z",
                        .verb = "apply",
                        .plan_digest = "sha256:00",
                        .summary = "something",
                        .addons = {},
                        .known = {}};
  for (const bundle::Bundle& bundle : bundles) {
    generation.addons.emplace(bundle.manifest.id.value, make_release(bundle));
  }
  remember_committed(generation);
  return generation;
}

Compiled plan_for(const Wish& wish, const Generation& generation, const host::HostState& host) {
  host::HostState with_registry = host;
  if (generation.number > 0 && !host.registry) {
    with_registry.registry = host::FoundFile{{.type = host::FileType::regular, .mode = 0644, .identity = {}},
                                             Digest::of(registry_text(generation))};
  }
  return compile(wish, generation, with_registry, Digest::of("policy"));
}

Wish apply(std::vector<bundle::Bundle> bundles) {
  Wish wish;
  wish.wanted = std::move(bundles);
  return wish;
}

Wish repair(const Generation& generation, const std::vector<bundle::Bundle>& readable) {
  Wish wish;
  for (const auto& [addon, release] : generation.addons) wish.kept[addon];
  for (bundle::Bundle bundle : readable) {
    bundle.source.clear();
    wish.kept[bundle.manifest.id.value] = std::move(bundle);
  }
  return wish;
}

Wish removal(std::initializer_list<const char*> ids) {
  Wish wish;
  wish.verb = "remove";
  for (const char* one : ids) wish.unwanted.insert(id(one));
  return wish;
}

namespace {
struct Line {
  std::string operator()(const Stage& step) const {
    return fmt::format(" {}{}", step.version.str(), step.replaces ? " (replaces)" : "");
  }
  std::string operator()(const SetCapabilities& step) const {
    return fmt::format(" {}/{}: {}", step.version.str(), step.path.str(),
                       step.after.empty() ? "none" : to_string(step.after));
  }
  std::string operator()(const InstallUnit& step) const { return " " + step.unit.str(); }
  std::string operator()(const RemoveUnit& step) const { return " " + step.unit.str(); }
  std::string operator()(const InstallDropIn& step) const {
    std::string text = " " + step.drop_in.unit.str() + ":";
    for (const auto& [key, value] : step.drop_in.settings) text += fmt::format(" {}={}", key, value);
    return text;
  }
  std::string operator()(const RemoveDropIn& step) const { return " " + step.unit.str(); }
  std::string operator()(const SwitchCurrent& step) const {
    return fmt::format(" {} -> {}", step.before ? step.before->str() : "none",
                       step.after ? step.after->str() : "none");
  }
  std::string operator()(const UsePackage& step) const {
    return fmt::format(" {} {}", step.package, step.after);
  }
  std::string operator()(const Reload& step) const {
    std::string text;
    for (const UnitName& name : step.units) text += " " + name.str();
    return text;
  }
  std::string operator()(const SetEnablement& step) const {
    std::string text = " " + step.unit.str() + ":";
    for (const unit::InstallLink& link : step.links) text += " " + link.path;
    return text;
  }
  std::string operator()(const SetRunning& step) const { return " " + step.unit.str(); }
  std::string operator()(const CheckHealth& step) const {
    return (step.unit ? " " + step.unit->str() : "") +
           (step.program ? " and " + step.program->file.what : "");
  }
  std::string operator()(const MakeStateDir& step) const {
    return fmt::format(" {}: {}:{} {:04o}{}", step.path.what, step.after.uid, step.after.gid, step.after.mode,
                       step.before ? " (changed)" : "");
  }
  std::string operator()(const PurgeStateDir& step) const { return " " + step.path; }
  std::string operator()(const UpdateRegistry& step) const {
    std::string text = step.phase == UpdateRegistry::Phase::withdraw ? " withdraw:" : " publish:";
    for (const RegistryChange& change : step.changes) {
      text += change.after ? (change.before ? " ~" : " +") : " -";
      text += change.addon.str();
    }
    return text;
  }
};
}  // namespace

std::vector<std::string> lines(const Plan& plan) {
  std::vector<std::string> out = all_lines(plan);
  std::erase_if(out, [](const std::string& line) { return line.starts_with("update-registry"); });
  return out;
}

std::vector<std::string> all_lines(const Plan& plan) {
  std::vector<std::string> out;
  for (const Step& step : plan.steps) {
    const AddonId* addon = addon_of(step.action);
    out.push_back(fmt::format("{}{}{}", op(step.action), addon != nullptr ? " " + addon->str() : "",
                              std::visit(Line{}, step.action)));
  }
  return out;
}

std::vector<std::string> messages(const std::vector<Finding>& findings) {
  std::vector<std::string> out;
  for (const Finding& finding : findings)
    out.push_back(fmt::format("{}: {}", finding.rule->id, finding.message));
  return out;
}

AddonId id(const char* text) { return AddonId::parse(text).value(); }
Version version(const char* text) { return Version::parse(text).value(); }
UnitName unit_name(const char* text) { return UnitName::parse(text).value(); }
RelativePath path(const char* text) { return RelativePath::parse(text).value(); }

host::FileCapabilities caps(std::initializer_list<const char*> names) {
  CapabilitySet set;
  for (const char* name : names) set.insert(Capability::from_name(name).value());
  return host::permitted_and_effective(set);
}

}  // namespace addon::plan::test
