#include "plan/foreign_drop_ins.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "unit/load.hpp"

namespace addon::plan {

std::vector<Finding> add_foreign_drop_ins(InstallUnit& step, const std::vector<host::UnitDropIn>& drop_ins) {
  std::vector<Finding> findings;
  if (drop_ins.empty()) return findings;
  unit::UnitFile whole{step.privileges.bounding.at.file, std::move(step.directives)};
  const bool was_complete = unit::analyze(whole, step.unit).findings.empty();
  std::set<std::string> files;
  for (const host::UnitDropIn& drop_in : drop_ins) {
    unit::ParsedUnit parsed = unit::parse_unit(drop_in.text, drop_in.path);
    std::move(parsed.findings.begin(), parsed.findings.end(), std::back_inserter(findings));
    unit::add_drop_in(whole, std::move(parsed.unit));
    files.insert(drop_in.path);
    step.drop_ins.push_back(drop_in.path);
  }
  unit::Analysis analysis = unit::analyze(whole, step.unit);
  for (Finding& finding : analysis.findings) {
    const bool by_drop_in = files.contains(finding.at.file);
    if (by_drop_in || was_complete) findings.push_back(std::move(finding));
  }
  for (Finding& finding : findings) finding.addon = step.addon.str();
  step.privileges = std::move(analysis.privileges);
  step.install = unit::read_install(whole, step.unit);
  step.directives = std::move(whole.directives);
  return findings;
}

HostDropIns record_of(const std::vector<host::UnitDropIn>& drop_ins) {
  HostDropIns files;
  for (const host::UnitDropIn& drop_in : drop_ins) files.emplace(drop_in.path, Digest::of(drop_in.text));
  return files;
}

bool has_other_drop_ins(const UnitName& name, const host::UnitState& unit, const Generation& recorded) {
  const auto record = recorded.drop_ins.find(name);
  return record != recorded.drop_ins.end() && record->second != record_of(unit.drop_ins);
}

}  // namespace addon::plan
