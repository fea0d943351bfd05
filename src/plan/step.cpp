#include "plan/step.hpp"

#include <fmt/format.h>

#include <type_traits>
#include <utility>

#include "core/text.hpp"

namespace addon::plan {

namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

Json span_to_json(const SourceSpan& at) {
  return {{"file", at.file}, {"line", at.line}, {"column", at.column}};
}

Json asked_to_json(const Asked& asked) { return {{"what", asked.what}, {"at", span_to_json(asked.at)}}; }

Json asked_to_json(const std::vector<Asked>& asked) {
  Json json = Json::array();
  for (const Asked& one : asked) json.push_back(asked_to_json(one));
  return json;
}

// Names on a disk may be of any bytes, JSON has only UTF-8.
Json printable_names(const std::vector<std::string>& names) {
  Json json = Json::array();
  for (const std::string& name : names) json.push_back(printable(name));
  return json;
}

template <class T>
Json text_or_null(const std::optional<T>& value) {
  return value ? Json(value->str()) : Json(nullptr);
}

Json describe(const Stage& step) {
  Json files = Json::array();
  for (const ReleaseFile& file : step.files) {
    files.push_back({{"path", file.path.str()},
                     {"sha256", file.sha256.hex()},
                     {"size", file.size},
                     {"mode", fmt::format("{:04o}", file.mode)},
                     {"group", file.run_as_group ? step.run_as : "root"}});
  }
  return {{"version", step.version.str()}, {"files", std::move(files)}, {"replaces", step.replaces}};
}

Json describe(const SetCapabilities& step) {
  return {{"version", step.version.str()},
          {"path", step.path.str()},
          {"before", to_string(step.before)},
          {"after", to_string(step.after)},
          {"asked", asked_to_json(step.asked)}};
}

Json install_to_json(const unit::Install& install) {
  const auto texts = [](const std::vector<unit::Stated<std::string>>& stated) {
    Json json = Json::array();
    for (const auto& one : stated) json.push_back(one.value);
    return json;
  };
  return {{"WantedBy", texts(install.wanted_by)},
          {"RequiredBy", texts(install.required_by)},
          {"Also", texts(install.also)},
          {"Alias", texts(install.alias)},
          {"Unit", install.activates.value}};
}

Json describe(const InstallUnit& step) {
  Json json{{"version", step.version.str()},
            {"unit", step.unit.str()},
            {"before", step.before ? Json(step.before->hex()) : Json(nullptr)},
            {"after", step.after.hex()},
            {"privileges", unit::to_json(step.privileges)},
            {"install", install_to_json(step.install)},
            {"run_as", step.run_as.what}};
  if (!step.drop_ins.empty()) json["drop_ins"] = step.drop_ins;
  return json;
}

Json standing_to_json(const std::vector<InstallUnit>& units) {
  Json json = Json::array();
  for (const InstallUnit& unit : units) {
    json.push_back({{"unit", unit.unit.str()},
                    {"sha256", unit.after.hex()},
                    {"privileges", unit::to_json(unit.privileges)},
                    {"install", install_to_json(unit.install)}});
    if (!unit.drop_ins.empty()) json.back()["drop_ins"] = unit.drop_ins;
  }
  return json;
}

Json describe(const RemoveUnit& step) {
  return {{"unit", step.unit.str()}, {"before", step.before.hex()}, {"after", nullptr}};
}

Json describe(const InstallDropIn& step) {
  return {{"version", step.version.str()},
          {"unit", step.drop_in.unit.str()},
          {"name", kDropInName},
          {"before", step.before ? Json(step.before->hex()) : Json(nullptr)},
          {"after", step.drop_in.sha256().hex()},
          {"settings", step.drop_in.settings}};
}

Json describe(const RemoveDropIn& step) {
  return {
      {"unit", step.unit.str()}, {"name", kDropInName}, {"before", step.before.hex()}, {"after", nullptr}};
}

Json rights_to_json(const DirectoryRights& rights) {
  return {{"uid", rights.uid}, {"gid", rights.gid}, {"mode", fmt::format("{:04o}", rights.mode)}};
}

Json describe(const MakeStateDir& step) {
  return {{"path", step.path.what},
          {"owner", step.owner},
          {"group", step.group},
          {"before", step.before ? rights_to_json(*step.before) : Json(nullptr)},
          {"after", rights_to_json(step.after)}};
}

Json describe(const PurgeStateDir& step) {
  return {{"path", step.path},
          {"files", step.contents.files},
          {"directories", step.contents.directories},
          {"bytes", step.contents.bytes},
          {"entries", step.contents.entries},
          {"first", printable_names(step.contents.first)}};
}

void add_terms(const Terms& terms, Json& json) {
  json["delivery"] = terms.delivery.what;
  json["supervision"] = terms.supervision.what;
  json["run_as"] = terms.run_as.what;
  if (!terms.standing_units.empty()) json["standing_units"] = standing_to_json(terms.standing_units);
  if (!terms.state_dirs.empty()) json["state_dirs"] = asked_to_json(terms.state_dirs);
  if (!terms.state_owners.empty()) json["state_owners"] = asked_to_json(terms.state_owners);
  if (!terms.state_groups.empty()) json["state_groups"] = asked_to_json(terms.state_groups);
  if (terms.program) json["program"] = terms.program->what;
}

Json describe(const SwitchCurrent& step) {
  Json json{{"before", text_or_null(step.before)}, {"after", text_or_null(step.after)}};
  if (step.terms) add_terms(*step.terms, json);
  return json;
}

Json describe(const UsePackage& step) {
  Json units = Json::array();
  for (const UsePackage::Unit& unit : step.units) {
    units.push_back({{"unit", unit.name.str()}, {"path", unit.path}, {"sha256", unit.after.hex()}});
  }
  Json json{
      {"version", step.version.str()}, {"database", step.database},
      {"package", step.package},       {"before", step.before.empty() ? Json(nullptr) : Json(step.before)},
      {"after", step.after},           {"units", std::move(units)}};
  add_terms(step.terms, json);
  return json;
}

Json describe(const UpdateRegistry& step) {
  Json changes = Json::array();
  for (const RegistryChange& change : step.changes) {
    changes.push_back({{"addon", change.addon.str()},
                       {"before", text_or_null(change.before)},
                       {"after", text_or_null(change.after)},
                       {"entry", change.entry}});
  }
  return {{"phase", step.phase == UpdateRegistry::Phase::withdraw ? "withdraw" : "publish"},
          {"before", step.before ? Json(step.before->hex()) : Json(nullptr)},
          {"altered", step.is_altered},
          {"entries", addon::digest_of(step.entries).hex()},
          {"changes", std::move(changes)}};
}

Json describe(const Reload& step) {
  Json units = Json::array();
  for (const UnitName& unit : step.units) units.push_back(unit.str());
  return {{"units", std::move(units)}};
}

Json describe(const SetEnablement& step) {
  Json links = Json::array();
  for (const unit::InstallLink& link : step.links)
    links.push_back({{"path", link.path}, {"target", link.target}});
  return {{"unit", step.unit.str()},
          {"links", std::move(links)},
          {"before", !step.enable},
          {"after", step.enable}};
}

Json describe(const SetRunning& step) {
  return {{"unit", step.unit.str()},
          {"before", step.active_before ? "active" : "inactive"},
          {"after", step.action == RunAction::stop ? "inactive" : "active"},
          {"timeout_ms", step.timeout.count()}};
}

Json describe(const CheckHealth& step) {
  Json json{{"unit", text_or_null(step.unit)},
            {"timeout_ms", step.timeout.count()},
            {"stable_for_ms", step.stable_for.count()}};
  if (!step.program) return json;
  json["program"] = {{"version", step.program->version.str()},
                     {"file", step.program->file.what},
                     {"arguments", step.program->arguments},
                     {"user", step.program->user}};
  return json;
}

}  // namespace

std::string_view op(const Action& action) {
  return std::visit(Overloaded{[](const Stage&) -> std::string_view { return "stage"; },
                               [](const SetCapabilities&) -> std::string_view { return "set-capabilities"; },
                               [](const InstallUnit&) -> std::string_view { return "install-unit"; },
                               [](const RemoveUnit&) -> std::string_view { return "remove-unit"; },
                               [](const InstallDropIn&) -> std::string_view { return "install-drop-in"; },
                               [](const RemoveDropIn&) -> std::string_view { return "remove-drop-in"; },
                               [](const MakeStateDir&) -> std::string_view { return "make-state-dir"; },
                               [](const PurgeStateDir&) -> std::string_view { return "purge-state-dir"; },
                               [](const SwitchCurrent&) -> std::string_view { return "switch-current"; },
                               [](const UsePackage&) -> std::string_view { return "use-package"; },
                               [](const Reload&) -> std::string_view { return "reload"; },
                               [](const SetEnablement& step) -> std::string_view {
                                 return step.enable ? "enable-unit" : "disable-unit";
                               },
                               [](const SetRunning& step) -> std::string_view {
                                 switch (step.action) {
                                   case RunAction::start:
                                     return "start-unit";
                                   case RunAction::restart:
                                     return "restart-unit";
                                   case RunAction::stop:
                                     return "stop-unit";
                                 }
                                 return "";
                               },
                               [](const CheckHealth&) -> std::string_view { return "check-health"; },
                               [](const UpdateRegistry&) -> std::string_view { return "update-registry"; }},
                    action);
}

const Terms* terms_in(const Action& action) {
  if (const auto* package = std::get_if<UsePackage>(&action)) return &package->terms;
  const auto* change = std::get_if<SwitchCurrent>(&action);
  return change != nullptr && change->terms ? &*change->terms : nullptr;
}

const AddonId* addon_of(const Action& action) {
  return std::visit(
      [](const auto& step) -> const AddonId* {
        using Kind = std::decay_t<decltype(step)>;
        if constexpr (std::is_same_v<Kind, Reload> || std::is_same_v<Kind, UpdateRegistry>) {
          return nullptr;
        } else {
          return &step.addon;
        }
      },
      action);
}

Json to_json(const Step& step) {
  Json json = std::visit([](const auto& action) { return describe(action); }, step.action);
  json["op"] = op(step.action);
  const AddonId* addon = addon_of(step.action);
  if (addon != nullptr) json["addon"] = addon->str();
  Json decisions = Json::array();
  for (const Decision& decision : step.allowed_by) {
    Json by{{"file", decision.by.file}, {"line", decision.by.line}};
    by["grant"] = decision.by.grant.empty() ? Json(nullptr) : Json(decision.by.grant);
    decisions.push_back(
        {{"subject", decision.subject}, {"asked_at", span_to_json(decision.asked_at)}, {"policy", by}});
    if (addon == nullptr) decisions.back()["addon"] = decision.addon;
  }
  json["allowed_by"] = std::move(decisions);
  return json;
}

}  // namespace addon::plan
