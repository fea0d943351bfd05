#include "plan/plan.hpp"

#include <utility>

#include "plan/signer_json.hpp"

namespace addon::plan {

namespace {

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::add:
      return "add";
    case ChangeKind::update:
      return "update";
    case ChangeKind::remove:
      return "remove";
    case ChangeKind::unchanged:
      return "unchanged";
    case ChangeKind::unsupported:
      return "unsupported";
  }
  return "";
}

Json to_json(const AddonInput& input) {
  Json files = Json::object();
  for (const auto& [path, digest] : input.files) files[path] = digest.str();
  Json json{{"id", input.id.str()},
            {"version", input.version.str()},
            {"source", input.source},
            {"manifest", input.manifest.str()},
            {"files", std::move(files)}};
  if (input.override_sha256) json["override"] = input.override_sha256->str();
  return json;
}

Json to_json(const AddonId& id, const AddonChange& change) {
  Json json{{"id", id.str()},
            {"change", to_string(change.kind)},
            {"from", change.from ? Json(change.from->str()) : Json(nullptr)},
            {"to", change.to ? Json(change.to->str()) : Json(nullptr)}};
  if (change.newest) json["newest"] = change.newest->str();
  return json;
}

// Everything that the digest covers.
Json content(const Plan& plan) {
  Json addons = Json::array();
  for (const AddonInput& input : plan.inputs) addons.push_back(to_json(input));
  Json changes = Json::array();
  for (const auto& [id, change] : plan.changes) changes.push_back(to_json(id, change));
  Json signers = Json::object();
  for (const auto& [id, signer] : plan.signers) signers[id.str()] = plan::to_json(signer);
  Json steps = Json::array();
  for (const Step& step : plan.steps) steps.push_back(to_json(step));
  Json summary{{"add", plan.summary.add},
               {"update", plan.summary.update},
               {"remove", plan.summary.remove},
               {"unchanged", plan.summary.unchanged}};
  if (plan.summary.unsupported > 0) summary["unsupported"] = plan.summary.unsupported;
  return {{"schema", "addonctl.plan/v1"},
          {"plan_version", kPlanVersion},
          {"verb", plan.verb},
          {"prune", plan.prune},
          {"generation", plan.generation},
          {"inputs",
           {{"policy", plan.policy.str()},
            {"host", plan.host.str()},
            {"addons", std::move(addons)},
            {"signers", std::move(signers)}}},
          {"changes", std::move(changes)},
          {"steps", std::move(steps)},
          {"summary", std::move(summary)}};
}

}  // namespace

Json to_json(const Plan& plan) {
  Json json = content(plan);
  json["digest"] = addon::digest_of(json).str();
  return json;
}

Digest digest_of(const Plan& plan) { return addon::digest_of(content(plan)); }

}  // namespace addon::plan
