#include "cli/render_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json_view.hpp"
#include "cli/render_step.hpp"

namespace addon::cli {

namespace {
std::string sign_of(const std::string& change) {
  if (change == "add") return "+";
  if (change == "remove") return "-";
  return change == "unsupported" ? "!" : "~";
}

std::string version_or_none(const Json& change, std::string_view key) {
  const std::string version = text(change, key);
  return version.empty() ? "(none)" : version;
}

/// "  signed by release", or "".
std::string signed_by(const Json& plan, const std::string& addon) {
  const std::string key = text(member(member(member(plan, "inputs"), "signers"), addon), "key");
  return key.empty() ? "" : "  signed by " + one_line(key);
}

std::string header(const Json& plan, const Json& change, const Palette& palette) {
  const std::string sign = sign_of(text(change, "change"));
  const std::string from = version_or_none(change, "from");
  const std::string to = version_or_none(change, "to");
  const std::string id = text(change, "id");
  return fmt::format("{} {}  {}{}{}\n", palette(paint_of_sign(sign), sign), palette(Paint::bold, id),
                     from == to ? from : fmt::format("{} -> {}", from, to), signed_by(plan, id),
                     sign == "!" ? ": not supported on this host, left out" : "");
}

std::string steps_of(const Json& plan, const std::string& addon, const Palette& palette) {
  std::string out;
  for (const Json& step : items(plan, "steps")) {
    if (text(step, "addon") == addon) out += render_step(step, palette);
  }
  return out;
}

bool is_allowed_for(const Json& step, const std::string& addon) {
  const Json& decisions = items(step, "allowed_by");
  return std::any_of(decisions.begin(), decisions.end(),
                     [&](const Json& decision) { return text(decision, "addon") == addon; });
}

// What is active by its entry in the registry alone has that for its step.
std::string entries_of(const Json& plan, const std::string& addon, bool is_alone, const Palette& palette) {
  std::string out;
  for (const Json& step : items(plan, "steps")) {
    if (text(step, "op") == "update-registry" && (is_alone || is_allowed_for(step, addon)))
      out += render_entry(step, addon, palette);
  }
  return out;
}
}  // namespace

std::string render_summary(const Json& plan) {
  const Json& summary = member(plan, "summary");
  const std::int64_t unsupported = number(summary, "unsupported");
  return fmt::format("{} to add, {} to update, {} to remove, {} unchanged{}", number(summary, "add"),
                     number(summary, "update"), number(summary, "remove"), number(summary, "unchanged"),
                     unsupported == 0 ? "" : fmt::format(", {} not supported", unsupported));
}

std::string render_plan(const Json& plan, const Palette& palette) {
  const Json& summary = member(plan, "summary");
  const bool changes = number(summary, "add") + number(summary, "update") + number(summary, "remove") > 0;
  if (items(plan, "steps").empty() && !changes) return "No changes. The host matches.\n";
  std::string out;
  for (const Json& change : items(plan, "changes")) {
    std::string steps = steps_of(plan, text(change, "id"), palette);
    steps += entries_of(plan, text(change, "id"), steps.empty(), palette);
    if (steps.empty() && text(change, "change") == "unchanged") continue;
    out += header(plan, change, palette) + steps + '\n';
  }
  // What concerns the host as a whole has no add-on.
  if (const std::string steps = steps_of(plan, "", palette); !steps.empty()) {
    out += fmt::format("{} {}\n{}\n", palette(Paint::yellow, "~"), palette(Paint::bold, "host"), steps);
  }
  return out + fmt::format("Plan: {}.\n", render_summary(plan));
}

}  // namespace addon::cli
