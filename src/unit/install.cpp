#include "unit/install.hpp"

#include <algorithm>

#include "unit/install_words.hpp"
#include "unit/references.hpp"
#include "unit/specifiers.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
constexpr std::string_view unit_directory = "/etc/systemd/system/";

bool contains(const std::vector<Stated<std::string>>& list, const std::string& word) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Stated<std::string>& stated) { return stated.value == word; });
}

std::vector<Stated<std::string>> read_names(const UnitFile& unit, const FullName& name,
                                            std::string_view key) {
  std::vector<Stated<std::string>> names;
  for (const Directive* directive : unit.all("Install", key)) {
    if (directive->value.empty()) names.clear();
    const auto words = split_install_words(directive->value);
    if (!words) continue;
    for (const std::string& word : *words) {
      const std::string resolved = resolve_specifiers(word, name).text;
      if (!contains(names, resolved)) names.push_back({resolved, directive->at});
    }
  }
  return names;
}

// Unlike the others, an empty Also= takes nothing back.
std::vector<Stated<std::string>> read_also(const UnitFile& unit, const FullName& name) {
  std::vector<Stated<std::string>> names;
  for (const Directive* directive : unit.all("Install", "Also")) {
    WordReader words(directive->value, Escapes::drop, Quotes::literal);
    while (words.next() == WordReader::Status::word) {
      names.push_back({resolve_specifiers(words.word(), name).text, directive->at});
    }
  }
  return names;
}

// The first Unit= that systemd takes: it ignores all further ones.
Stated<std::string> read_activated(const UnitFile& unit, const FullName& name) {
  if (!name.is_timer()) return {"", {unit.file}};
  for (const Directive* directive : unit.all("Timer", "Unit")) {
    const std::string activated = resolve_specifiers(directive->value, name).text;
    if (is_unit_name(activated) && activated != name.str()) return {activated, directive->at};
  }
  return {std::string(name.stem()) + ".service", {unit.file}};
}

void add_links(const std::vector<Stated<std::string>>& names, std::string_view kind, const FullName& name,
               std::vector<InstallLink>& links) {
  for (const Stated<std::string>& stated : names) {
    // What is not a unit name could lead out of the directory; analyze() has a finding for it.
    if (!is_unit_name(stated.value)) continue;
    links.push_back(
        {stated.value + std::string(kind) + name.str(), std::string(unit_directory) + name.str()});
  }
}
}  // namespace

std::optional<std::vector<std::string>> split_install_words(std::string_view value) {
  std::vector<std::string> words;
  WordReader reader(value, Escapes::keep, Quotes::group);
  WordReader::Status status = reader.next();
  for (; status == WordReader::Status::word; status = reader.next()) words.push_back(reader.word());
  if (status == WordReader::Status::unbalanced) return std::nullopt;
  return words;
}

bool is_unit_name(std::string_view text) { return FullName::parse(text).has_value(); }

Install read_install(const UnitFile& unit, const FullName& name) {
  return {
      read_names(unit, name, "WantedBy"), read_names(unit, name, "RequiredBy"), read_also(unit, name),
      read_names(unit, name, "Alias"),    read_activated(unit, name),           read_references(unit, name)};
}

std::vector<InstallLink> install_links(const Install& install, const FullName& name) {
  std::vector<InstallLink> links;
  add_links(install.wanted_by, ".wants/", name, links);
  add_links(install.required_by, ".requires/", name, links);
  std::sort(links.begin(), links.end());
  return links;
}

}  // namespace addon::unit
