#include "unit/references.hpp"

#include <algorithm>
#include <array>

#include "unit/specifiers.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
// systemd.unit(5), with the names that some had in earlier versions.
constexpr std::array<std::string_view, 21> unit_keys = {"After",
                                                        "Before",
                                                        "BindTo",
                                                        "BindsTo",
                                                        "Conflicts",
                                                        "JoinsNamespaceOf",
                                                        "OnFailure",
                                                        "OnSuccess",
                                                        "PartOf",
                                                        "PropagateReloadFrom",
                                                        "PropagateReloadTo",
                                                        "PropagatesReloadTo",
                                                        "PropagatesStopTo",
                                                        "ReloadPropagatedFrom",
                                                        "Requires",
                                                        "RequiresOverridable",
                                                        "Requisite",
                                                        "RequisiteOverridable",
                                                        "StopPropagatedFrom",
                                                        "Upholds",
                                                        "Wants"};
constexpr std::array<std::string_view, 4> install_keys = {"Alias", "Also", "RequiredBy", "WantedBy"};

template <std::size_t Count>
bool contains(const std::array<std::string_view, Count>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool names_units(const Directive& directive) {
  if (directive.section == "Unit") return contains(unit_keys, directive.key);
  if (directive.section == "Install") return contains(install_keys, directive.key);
  if (directive.section == "Service") return directive.key == "Sockets" || directive.key == "Slice";
  return directive.section == "Timer" && directive.key == "Unit";
}

bool takes_back(const Directive& directive) {
  return directive.value.empty() && directive.section == "Install" && directive.key != "Also";
}
}  // namespace

std::vector<Reference> read_references(const UnitFile& unit, const FullName& name) {
  std::vector<Reference> references;
  for (const Directive& directive : unit.directives) {
    if (!names_units(directive)) continue;
    if (takes_back(directive))
      std::erase_if(references, [&](const Reference& earlier) { return earlier.directive == directive.key; });
    WordReader words(directive.value, Escapes::keep, Quotes::group);
    while (words.next() == WordReader::Status::word)
      references.push_back({directive.key, resolve_specifiers(words.word(), name).text, directive.at});
  }
  return references;
}

}  // namespace addon::unit
