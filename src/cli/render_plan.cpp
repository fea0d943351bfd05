#include "cli/render_plan.hpp"

#include <fmt/format.h>

#include "cli/describe_plan.hpp"
#include "cli/render_step.hpp"

namespace addon::cli {

namespace {

std::string or_none(const std::string& version) { return version.empty() ? "(none)" : version; }

std::string header(const AddonText& addon, const Palette& palette) {
  const std::string name = addon.id.empty() ? "host" : addon.id;
  std::string rest;
  if (!addon.id.empty()) {
    const std::string from = or_none(addon.from);
    const std::string to = or_none(addon.to);
    rest = "  " + (from == to ? from : fmt::format("{} -> {}", from, to));
    if (!addon.signer.empty()) rest += "  signed by " + addon.signer;
    if (addon.sign == "!") rest += ": not supported on this host, left out";
  }
  const std::size_t taken = 2 + width(name);
  if (taken + width(rest) > kScreenColumns)
    rest = "\n    " + wrap(std::string_view(rest).substr(2), kScreenColumns, 4, 4);
  return fmt::format("{} {}{}\n", palette(paint_of_sign(addon.sign), addon.sign), palette(Paint::bold, name),
                     rest);
}
}  // namespace

std::string render_plan(const Json& plan, const Palette& palette) {
  if (is_without_changes(plan)) return "No changes. The host matches.\n";
  std::string out;
  for (const AddonText& addon : describe_plan(plan)) {
    out += header(addon, palette);
    for (const StepText& step : addon.steps) out += render_step(step, palette);
    out += '\n';
  }
  return out + fmt::format("Plan: {}.\n", summary_text(plan));
}

}  // namespace addon::cli
