#include "cli/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "cli/addon_ids.hpp"
#include "cli/terminal.hpp"
#include "core/text.hpp"
#include "executor/layout.hpp"
#include "executor/observe.hpp"
#include "executor/prepare.hpp"
#include "plan/signer_json.hpp"

namespace addon::cli {

namespace {
std::vector<std::pair<std::string, std::string>> capabilities_of(const plan::Release& release,
                                                                 const host::AddonState& state) {
  std::vector<std::pair<std::string, std::string>> found;
  const auto version = state.inspected.find(release.version);
  if (version == state.inspected.end()) return found;
  for (const host::InstalledFile& file : version->second.files) {
    if (file.capabilities.empty()) continue;
    found.emplace_back(
        fmt::format("/{}/{}", executor::version_dir(release.id, release.version).str(), file.path.str()),
        to_string(file.capabilities));
  }
  return found;
}

UnitReport unit_of(const plan::ReleaseUnit& unit, const host::HostState& host) {
  UnitReport report{unit.name.str(), false, ""};
  const auto found = host.units.find(unit.name);
  if (found == host.units.end()) return report;
  report.enabled = !unit.links.empty() &&
                   std::all_of(unit.links.begin(), unit.links.end(),
                               [&](const auto& link) { return found->second.links.contains(link.path); });
  if (found->second.status) report.active_state = found->second.status->active_state;
  return report;
}

AddonReport addon_of(const plan::Release& release, const host::HostState& host,
                     const std::vector<Drift>& drift) {
  AddonReport report{release, "", {}, {}, {}};
  if (const auto state = host.addons.find(release.id); state != host.addons.end()) {
    report.current = state->second.current_target.value_or("");
    report.file_capabilities = capabilities_of(release, state->second);
  }
  for (const plan::ReleaseUnit& unit : release.units) report.units.push_back(unit_of(unit, host));
  for (const Drift& one : drift) {
    if (one.addon == release.id.str()) report.drift.push_back(one);
  }
  return report;
}

Json to_json(const UnitReport& unit) {
  const bool known = !unit.active_state.empty();
  return {{"name", unit.name},
          {"enabled", unit.enabled},
          {"active",
           known ? Json(unit.active_state == "active" || unit.active_state == "reloading") : Json(nullptr)},
          {"active_state", known ? Json(unit.active_state) : Json(nullptr)}};
}

Json to_json(const AddonReport& addon) {
  Json capabilities = Json::object();
  for (const auto& [path, text] : addon.file_capabilities) capabilities[path] = text;
  Json units = Json::array();
  for (const UnitReport& unit : addon.units) units.push_back(to_json(unit));
  Json json{{"id", addon.release.id.str()},
            {"version", addon.release.version.str()},
            {"delivery", manifest::to_string(addon.release.delivery)},
            {"supervision", manifest::to_string(addon.release.supervision)},
            {"signer", addon.release.signer ? plan::to_json(*addon.release.signer) : Json(nullptr)},
            {"current", addon.current.empty() ? Json(nullptr) : Json(addon.current)},
            {"file_capabilities", std::move(capabilities)},
            {"units", std::move(units)},
            {"drift", to_json(addon.drift)}};
  if (const auto& package = addon.release.package) {
    json["package"] = {
        {"name", package->name}, {"version", package->version}, {"database", package->database}};
  }
  return json;
}
}  // namespace

Result<HostReport> read_status(Session& session, const std::set<AddonId>& only) {
  executor::Request request;
  request.verb = executor::Request::Verb::repair;
  request.addons = only;
  const executor::Prepared repair =
      TRY(executor::prepare(request, policy::SitePolicy::nothing(), session.ports()));
  TRY(check_recorded(only, repair.generation));
  const std::vector<Drift> drift = find_drift(repair);

  executor::Subjects subjects;
  for (const auto& [id, release] : repair.generation.addons) {
    if (only.empty() || only.contains(id)) subjects.addons[id].push_back(release);
  }
  const host::HostState host = TRY(executor::observe(subjects, repair.generation.known, session.ports()));
  HostReport report{repair.generation.number, {}, {}, repair.warnings};
  if (only.empty()) {
    std::copy_if(drift.begin(), drift.end(), std::back_inserter(report.drift),
                 [](const Drift& one) { return one.addon.empty(); });
  }
  for (const auto& [id, releases] : subjects.addons)
    report.addons.push_back(addon_of(releases.front(), host, drift));
  return report;
}

Json to_json(const HostReport& status) {
  Json addons = Json::array();
  for (const AddonReport& addon : status.addons) addons.push_back(to_json(addon));
  return {{"generation", status.generation},
          {"addons", std::move(addons)},
          {"drift", to_json(status.drift)},
          {"warnings", status.warnings}};
}

}  // namespace addon::cli
