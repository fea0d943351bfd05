#include "cli/render_unit.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::size_t kLongestCommand = 60;

// Lines of the table: a property, its value, and where that is decided.
class Rows {
 public:
  explicit Rows(std::string file) : file_(std::move(file)) {}

  void add(std::string_view key, const std::string& value, const SourceSpan& at) {
    rows_.push_back({"  " + std::string(key), value.empty() ? "-" : one_line(value), place(at)});
  }
  std::string text() const { return table(rows_); }

 private:
  // The unit's own file stands above the table.
  std::string place(const SourceSpan& at) const {
    if (at.line == 0) return "default";
    return at.file == file_ ? fmt::format("line {}", at.line)
                            : one_line(fmt::format("{}:{}", at.file, at.line));
  }

  std::string file_;
  std::vector<std::vector<std::string>> rows_;
};

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

std::string show(CapabilitySet set) {
  if (set.empty()) return "none";
  if (set == CapabilitySet::all()) return "all";
  const CapabilitySet missing = CapabilitySet::all() - set;
  if (missing.members().size() < set.members().size()) return "all but " + join(missing.names(), " ");
  return join(set.names(), " ");
}

std::string show(const Json& value) {
  if (value.is_boolean()) return yes_or_no(value.get<bool>());
  if (value.is_string()) return value.get<std::string>();
  std::vector<std::string> words;
  for (const Json& word : value) words.push_back(word.get<std::string>());
  return join(words, ", ");
}

// Cut to what helps to recognise it.
std::string show(const unit::ExecCommand& command) {
  std::string text = join(command.prefixes, "") + command.program;
  for (const std::string& argument : command.arguments) text += " " + argument;
  std::string shown = one_line(text);
  if (width(shown) <= kLongestCommand) return shown;
  std::size_t end = kLongestCommand - 1;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xc0U) == 0x80U) --end;
  return shown.substr(0, end) + "…";
}

void add_accounts(const unit::Privileges& p, Rows& rows) {
  rows.add("User", p.user.value.empty() ? "root" : p.user.value, p.user.at);
  rows.add("Group", p.group.value.empty() ? "the user's" : p.group.value, p.group.at);
  rows.add("DynamicUser", yes_or_no(p.dynamic_user.value), p.dynamic_user.at);
  rows.add("SupplementaryGroups", join(p.supplementary_groups.value, " "), p.supplementary_groups.at);
}

void add_capabilities(const unit::Privileges& p, Rows& rows) {
  rows.add("CapabilityBoundingSet", show(p.bounding.value), p.bounding.at);
  rows.add("AmbientCapabilities", show(p.ambient.value), p.ambient.at);
  rows.add("NoNewPrivileges", yes_or_no(p.no_new_privileges.value), p.no_new_privileges.at);
  rows.add("NoNewPrivilegesEffective", yes_or_no(p.no_new_privileges_effective.value),
           p.no_new_privileges_effective.at);
}

void add_references(const unit::Install& install, Rows& rows) {
  for (const unit::Reference& reference : install.references)
    rows.add(reference.directive, reference.unit, reference.at);
}
}  // namespace

std::string render(const unit::AnalyzedUnit& unit, const Palette& palette) {
  const unit::FoundUnit& found = unit.loaded.found;
  std::string text = palette(Paint::bold, one_line(found.id.str()));
  text += fmt::format("  {} {}\n", unit::to_string(unit.loaded.state), one_line(found.fragment));
  for (const unit::DropIn& drop_in : unit.loaded.drop_ins)
    text += fmt::format("  drop-in {}\n", one_line(drop_in.path));
  if (unit.loaded.state == unit::LoadState::masked) return text + "  systemd runs nothing of it\n";
  Rows rows(found.fragment);
  if (!found.id.is_timer()) {
    add_accounts(unit.privileges, rows);
    add_capabilities(unit.privileges, rows);
    for (const auto& [key, setting] : unit.privileges.settings)
      if (setting.at.line > 0) rows.add(key, show(setting.value), setting.at);
    for (const unit::ExecCommand& command : unit.privileges.exec)
      rows.add(command.directive, show(command), command.at);
  }
  add_references(unit.install, rows);
  return text + rows.text();
}

}  // namespace addon::cli
