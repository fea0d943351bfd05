#include <fmt/format.h>

#include <algorithm>

#include "cli/status.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
std::string capabilities_of_files(const AddonReport& addon) {
  std::vector<std::string> parts;
  for (const auto& [path, text] : addon.file_capabilities) parts.push_back(text);
  return parts.empty() ? "-" : join(parts, " ");
}

Paint paint_of_state(const std::string& state) {
  if (state == "active" || state == "reloading") return Paint::green;
  return state == "failed" ? Paint::red : Paint::yellow;
}

// "addon-probe.service (enabled, active)"
std::string unit_line(const UnitReport& unit, const Palette& palette) {
  std::string state = unit.enabled ? "enabled" : "";
  if (!unit.active_state.empty()) {
    state +=
        (state.empty() ? "" : ", ") + palette(paint_of_state(unit.active_state), one_line(unit.active_state));
  }
  return state.empty() ? one_line(unit.name) : fmt::format("{} ({})", one_line(unit.name), state);
}

std::string drift_text(const AddonReport& addon, const Palette& palette) {
  if (addon.drift.empty()) return "none";
  return palette(Paint::yellow, std::to_string(addon.drift.size()));
}

std::string signer_text(const AddonReport& addon) {
  return addon.release.signer ? one_line(addon.release.signer->key) : "-";
}

bool is_any_signed(const HostReport& status) {
  return std::any_of(status.addons.begin(), status.addons.end(),
                     [](const AddonReport& addon) { return addon.release.signer.has_value(); });
}

std::vector<std::vector<std::string>> rows_of(const HostReport& status, const Palette& palette) {
  // A column only where it says something.
  const bool any_signed = is_any_signed(status);
  std::vector<std::vector<std::string>> rows = {{"ID", "VERSION", "SUPERVISION", "CAPABILITIES", "DRIFT"}};
  if (any_signed) rows.front().insert(rows.front().begin() + 2, "SIGNED BY");
  for (const AddonReport& addon : status.addons) {
    rows.push_back({addon.release.id.str(), addon.release.version.str(),
                    std::string(manifest::to_string(addon.release.supervision)), capabilities_of_files(addon),
                    drift_text(addon, palette)});
    if (any_signed) rows.back().insert(rows.back().begin() + 2, signer_text(addon));
  }
  return rows;
}

bool fits(const std::string& lines) {
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    if (width(std::string_view(lines).substr(begin, end - begin)) > kScreenColumns) return false;
    begin = end + 1;
  }
  return true;
}

// The lines of the table, and beneath each the units of its add-on.
std::string with_units(const std::string& lines, const HostReport& status, const Palette& palette) {
  std::size_t begin = lines.find('\n') + 1;
  std::string out = palette(Paint::bold, lines.substr(0, begin - 1)) + '\n';
  for (const AddonReport& addon : status.addons) {
    const std::size_t end = lines.find('\n', begin) + 1;
    out += lines.substr(begin, end - begin);
    begin = end;
    for (const UnitReport& unit : addon.units) out += "  " + unit_line(unit, palette) + '\n';
  }
  return out;
}

std::string field(std::string_view name, const std::string& text) {
  constexpr std::size_t kIndent = 16;
  return fmt::format("  {:<{}}{}\n", name, kIndent - 2, wrap(text, kScreenColumns, kIndent, kIndent));
}

std::string block(const AddonReport& addon, const Palette& palette) {
  const std::string id = addon.release.id.str();
  const std::string rest =
      fmt::format("{}  {}", addon.release.version.str(), manifest::to_string(addon.release.supervision));
  const bool is_one_line = width(id) + 2 + width(rest) <= kScreenColumns;
  std::string out = palette(Paint::bold, id) + (is_one_line ? "  " : "\n  ") + rest + '\n';
  // A list of capabilities has no blanks to break it at.
  std::string capabilities;
  for (const char c : capabilities_of_files(addon)) {
    capabilities += c;
    if (c == ',') capabilities += ' ';
  }
  out += field("capabilities", capabilities);
  if (addon.release.signer) out += field("signed by", signer_text(addon));
  out += field("drift", drift_text(addon, palette));
  std::string_view name = "units";
  for (const UnitReport& unit : addon.units) {
    out += field(name, unit_line(unit, palette));
    name = "";
  }
  return out;
}
}  // namespace

std::string render(const HostReport& status, const Palette& palette) {
  std::string out;
  if (status.addons.empty()) {
    out = "No add-ons are installed.\n";
  } else if (fits(table(rows_of(status, Palette())))) {
    out = with_units(table(rows_of(status, palette)), status, palette);
  } else {
    for (const AddonReport& addon : status.addons) out += (out.empty() ? "" : "\n") + block(addon, palette);
  }
  for (const Drift& drift : status.drift) out += render(drift, 0) + '\n';
  return out;
}

}  // namespace addon::cli
