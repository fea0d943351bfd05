#include "cli/describe_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/json_view.hpp"

namespace addon::cli {

namespace {
std::string sign_of(const std::string& change) {
  if (change == "add") return "+";
  if (change == "remove") return "-";
  return change == "unsupported" ? "!" : "~";
}

std::vector<StepText> steps_of(const Json& plan, const std::string& addon) {
  std::vector<StepText> steps;
  for (const Json& step : items(plan, "steps")) {
    if (text(step, "addon") == addon) steps.push_back(describe_step(step));
  }
  return steps;
}

bool is_allowed_for(const Json& step, const std::string& addon) {
  const Json& decisions = items(step, "allowed_by");
  return std::any_of(decisions.begin(), decisions.end(),
                     [&](const Json& decision) { return text(decision, "addon") == addon; });
}

// What is active by its entry in the registry alone has that for its step.
void add_entries(const Json& plan, const std::string& addon, std::vector<StepText>& steps) {
  const bool is_alone = steps.empty();
  for (const Json& step : items(plan, "steps")) {
    if (text(step, "op") != "update-registry" || !(is_alone || is_allowed_for(step, addon))) continue;
    StepText entry = describe_entry(step, addon);
    if (!entry.sign.empty() || !entry.allowances.empty()) steps.push_back(std::move(entry));
  }
}
}  // namespace

std::vector<AddonText> describe_plan(const Json& plan) {
  std::vector<AddonText> addons;
  const Json& signers = member(member(plan, "inputs"), "signers");
  for (const Json& change : items(plan, "changes")) {
    AddonText addon;
    addon.id = text(change, "id");
    addon.change = text(change, "change");
    addon.steps = steps_of(plan, addon.id);
    add_entries(plan, addon.id, addon.steps);
    if (addon.steps.empty() && addon.change == "unchanged") continue;
    addon.sign = sign_of(addon.change);
    addon.from = text(change, "from");
    addon.to = text(change, "to");
    addon.signer = text(member(signers, addon.id), "key");
    addons.push_back(std::move(addon));
  }
  AddonText host{.sign = "~"};
  host.steps = steps_of(plan, "");
  if (!host.steps.empty()) addons.push_back(std::move(host));
  return addons;
}

bool is_without_changes(const Json& plan) {
  const Json& summary = member(plan, "summary");
  const bool changes = number(summary, "add") + number(summary, "update") + number(summary, "remove") > 0;
  return items(plan, "steps").empty() && !changes;
}

std::string summary_text(const Json& plan) {
  const Json& summary = member(plan, "summary");
  const std::int64_t unsupported = number(summary, "unsupported");
  return fmt::format("{} to add, {} to update, {} to remove, {} unchanged{}", number(summary, "add"),
                     number(summary, "update"), number(summary, "remove"), number(summary, "unchanged"),
                     unsupported == 0 ? "" : fmt::format(", {} not supported", unsupported));
}

}  // namespace addon::cli
