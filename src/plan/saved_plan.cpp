#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "document/schema.hpp"
#include "document/yaml.hpp"
#include "plan/json_fields.hpp"
#include "plan/plan.hpp"

namespace addon::plan {

namespace {

constexpr std::size_t kMaxSavedPlan = std::size_t{64} << 20;

Error edited(SourceSpan at, const std::string& why) {
  Finding finding = make_finding(rules::plan_edited, why, std::move(at));
  finding.fix = "make the plan again with addonctl plan -o";
  return Error::of({std::move(finding)});
}

// For people who are to be shown a place in it: JSON is YAML, whose reader knows where things stand.
// Nothing where it is too large for that.
std::optional<document::Document> with_places(std::string_view text, const std::string& file) {
  auto document = document::parse_yaml(text, file, {.bytes = std::size_t{16} << 20, .depth = 64});
  if (!document) return std::nullopt;
  return std::move(*document);
}

SourceSpan place_of_digest(std::string_view text, const std::string& file) {
  const auto document = with_places(text, file);
  if (!document) return {.file = file};
  return document->span(document::locate(document->root, "/plan/digest").key_at);
}

std::vector<Finding> schema_findings(const Json& json, std::string_view text, const std::string& file) {
  std::vector<Finding> findings = document::plan_schema().validate(document::from_json(json, file));
  if (findings.empty()) return findings;
  const auto document = with_places(text, file);
  if (!document) return findings;
  std::vector<Finding> placed = document::plan_schema().validate(*document);
  return placed.empty() ? findings : placed;
}

// One entry by its name, so that a difference can be named.
std::map<std::string, const Json*> by_id(const Json& addons) {
  std::map<std::string, const Json*> result;
  for (const Json& addon : addons) result.emplace(addon.at("id").get<std::string>(), &addon);
  return result;
}

void compare_files(const std::string& id, const Json& saved, const Json& now, std::vector<std::string>& out) {
  std::set<std::string> paths;
  for (const auto& [path, digest] : saved.items()) paths.insert(path);
  for (const auto& [path, digest] : now.items()) paths.insert(path);
  for (const std::string& path : paths) {
    if (!saved.contains(path))
      out.push_back(fmt::format("file {} of {}, which is new", path, id));
    else if (!now.contains(path))
      out.push_back(fmt::format("file {} of {}, which is gone", path, id));
    else if (saved.at(path) != now.at(path))
      out.push_back(fmt::format("file {} of {}", path, id));
  }
}

void compare_addons(const Json& saved, const Json& now, std::vector<std::string>& out) {
  const auto before = by_id(saved);
  const auto after = by_id(now);
  for (const auto& [id, addon] : before) {
    const auto found = after.find(id);
    if (found == after.end()) {
      out.push_back(fmt::format("add-on {}, which its bundle no longer holds", id));
      continue;
    }
    compare_files(id, addon->at("files"), found->second->at("files"), out);
    if (addon->value("override", Json()) != found->second->value("override", Json()))
      out.push_back(fmt::format("the local override of {}", id));
    for (const char* key : {"version", "manifest"}) {
      if (addon->value(key, Json()) != found->second->at(key))
        out.push_back(fmt::format("the {} of {}", key, id));
    }
  }
  for (const auto& [id, addon] : after) {
    if (!before.contains(id)) out.push_back(fmt::format("add-on {}, which the plan does not know", id));
  }
}

// A plan by an earlier version knew of no signatures.
void compare_signers(const Json& saved, const Json& now, std::vector<std::string>& out) {
  const Json none = Json::object();
  const auto found = saved.find("signers");
  const Json& before = found != saved.end() && found->is_object() ? *found : none;
  const Json& after = now.at("signers");
  std::set<std::string> ids;
  for (const Json* signers : {&before, &after}) {
    for (const auto& [id, signer] : signers->items()) ids.insert(id);
  }
  for (const std::string& id : ids) {
    if (before.value(id, Json()) != after.value(id, Json()))
      out.push_back(fmt::format("who vouches for {}", printable(id)));
  }
}

void erase_lines(Json& unit) {
  if (!unit.is_object()) return;
  const auto privileges = unit.find("privileges");
  if (privileges != unit.end() && privileges->is_object()) privileges->erase("lines");
}

// Where a policy line or a bundle stands is shown, but is no part of what the plan does.
Json without_decisions(const Json& steps) {
  Json bare = steps;
  for (Json& step : bare) {
    step.erase("allowed_by");
    step.erase("asked");
    erase_lines(step);
    const auto standing = step.find("standing_units");
    if (standing == step.end() || !standing->is_array()) continue;
    for (Json& unit : *standing) erase_lines(unit);
  }
  return bare;
}

// What this program puts into every plan, and the schema leaves open.
Result<> interpret(SavedPlan& plan) {
  TRY(number_field(plan.json, "plan_version"));
  TRY(number_field(plan.json, "generation"));
  plan.prune = TRY(flag_field(plan.json, "prune"));
  for (const Json& addon : plan.json.at("inputs").at("addons")) {
    std::string source = TRY(text_field(addon, "source"));
    if (!source.empty()) plan.sources.push_back(std::move(source));
  }
  return {};
}

// What differences() and people who print it take for granted.
bool has_shape(const Json& json) {
  const auto has = [](const Json& object, const char* key, auto is) {
    const auto found = object.find(key);
    return found != object.end() && is(*found);
  };
  const auto is_text = [](const Json& value) { return value.is_string(); };
  const auto is_object = [](const Json& value) { return value.is_object(); };
  const auto is_addon = [&](const Json& value) {
    return value.is_object() && has(value, "id", is_text) && has(value, "files", is_object);
  };
  const auto are_addons = [&](const Json& value) {
    return value.is_array() && std::all_of(value.begin(), value.end(), is_addon);
  };
  const auto are_steps = [&](const Json& value) {
    return value.is_array() && std::all_of(value.begin(), value.end(), is_object);
  };
  const auto are_inputs = [&](const Json& value) {
    return value.is_object() && has(value, "policy", is_text) && has(value, "host", is_text) &&
           has(value, "addons", are_addons);
  };
  return json.is_object() && has(json, "schema", is_text) && has(json, "digest", is_text) &&
         has(json, "inputs", are_inputs) && has(json, "steps", are_steps) && has(json, "summary", is_object);
}

}  // namespace

Result<SavedPlan> saved_plan_of(Json json) {
  const auto no_plan = [] { return tl::unexpected(Error("it is no saved plan", ErrorKind::invalid)); };
  if (!has_shape(json)) return no_plan();
  SavedPlan plan{.json = std::move(json), .digest = {}, .sources = {}, .prune = false};
  Json content = plan.json;
  content.erase("digest");
  plan.digest = plan.json.at("digest").get<std::string>();
  if (addon::digest_of(content).str() != plan.digest || !interpret(plan)) return no_plan();
  return plan;
}

Result<SavedPlan> read_saved_plan(std::string_view text, const std::string& file) {
  if (text.size() > kMaxSavedPlan) {
    return tl::unexpected(
        Error(fmt::format("{} is no saved plan: it is larger than 64 MiB", file), ErrorKind::invalid));
  }
  auto parsed = parse_json(text, file);
  if (!parsed) {
    const Finding& cause = parsed.error().findings().front();
    return tl::unexpected(edited(cause.at, fmt::format("{} is no saved plan: {}", file, cause.message)));
  }
  auto findings = schema_findings(*parsed, text, file);
  if (!findings.empty()) return tl::unexpected(Error::of(std::move(findings)));

  SavedPlan plan{.json = std::move((*parsed)["plan"]), .digest = {}, .sources = {}, .prune = false};
  Json content = plan.json;
  content.erase("digest");
  plan.digest = TRY(text_field(plan.json, "digest"));
  if (addon::digest_of(content).str() != plan.digest) {
    return tl::unexpected(
        edited(place_of_digest(text, file),
               fmt::format("{} was changed after it was made: its content does not fit its digest {}", file,
                           plan.digest)));
  }
  const auto interpreted = interpret(plan);
  if (!interpreted) {
    return tl::unexpected(edited(SourceSpan{.file = file}, fmt::format("{} is no saved plan: {}", file,
                                                                       interpreted.error().message())));
  }
  return plan;
}

std::vector<std::string> differences(const SavedPlan& saved, const Plan& now) {
  const Json json = to_json(now);
  const Json& then = saved.json.at("inputs");
  const Json& inputs = json.at("inputs");
  std::vector<std::string> out;
  if (saved.json.at("plan_version") != kPlanVersion) out.emplace_back("the executor's plan version");
  if (then.at("policy") != inputs.at("policy")) out.emplace_back("the site policy");
  compare_addons(then.at("addons"), inputs.at("addons"), out);
  compare_signers(then, inputs, out);
  if (saved.json.at("generation") != json.at("generation")) {
    out.push_back(fmt::format("the host's generation: {} then, {} now", saved.json.at("generation").dump(),
                              json.at("generation").dump()));
  }
  if (then.at("host") != inputs.at("host")) out.emplace_back("the state of the host");
  if (!out.empty()) return out;
  // Whatever its reader was shown must be what would happen, also where nothing above differs.
  for (const char* key : {"verb", "changes", "summary"}) {
    if (saved.json.value(key, Json()) != json.at(key)) out.push_back(fmt::format("its {}", key));
  }
  if (without_decisions(saved.json.at("steps")) != without_decisions(json.at("steps"))) {
    out.emplace_back("the steps that it takes");
  }
  return out;
}

}  // namespace addon::plan
