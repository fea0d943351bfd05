#include "service/wire_unit.hpp"

namespace addon::service {

// Templates, found where they are used by their first argument.

template <class V, Is<CapabilitySet> T>
void wire(V& visitor, T& set) {
  std::uint64_t bits = set.bits();
  wire_number(visitor, bits, CapabilitySet::all().bits());
  if constexpr (V::kReads) set = CapabilitySet::from_bits(bits);
}

namespace {

template <class V, class T>
void wire_stated(V& visitor, T& stated) {
  auto& [value, at] = stated;
  wire_all(visitor, value, at);
}

}  // namespace

template <class T>
void wire(WireWriter& writer, const unit::Stated<T>& stated) {
  wire_stated(writer, stated);
}
template <class T>
void wire(WireReader& reader, unit::Stated<T>& stated) {
  wire_stated(reader, stated);
}

template <class V, Is<unit::ExecCommand> T>
void wire(V& visitor, T& command) {
  auto& [directive, prefixes, program, arguments, at] = command;
  wire_all(visitor, directive, prefixes, program, arguments, at);
}

template <class V, Is<unit::Reference> T>
void wire(V& visitor, T& reference) {
  auto& [directive, unit, at] = reference;
  wire_all(visitor, directive, unit, at);
}

template <class V, Is<unit::Directive> T>
void wire(V& visitor, T& directive) {
  auto& [section, key, value, at] = directive;
  wire_all(visitor, section, key, value, at);
}

template <class V, Is<unit::Privileges> T>
void wire(V& visitor, T& p) {
  auto& [user, group, dynamic_user, supplementary_groups, bounding, bounding_stated, ambient,
         no_new_privileges, no_new_privileges_effective, exec, settings] = p;
  wire_all(visitor, user, group, dynamic_user, supplementary_groups, bounding, bounding_stated, ambient,
           no_new_privileges, no_new_privileges_effective, exec, settings);
}

template <class V, Is<unit::Install> T>
void wire(V& visitor, T& install) {
  auto& [wanted_by, required_by, also, alias, activates, references] = install;
  wire_all(visitor, wanted_by, required_by, also, alias, activates, references);
}

namespace {

template <class V, class T>
void wire_analyzed(V& visitor, T& unit) {
  auto& [privileges, install, directives, findings] = unit;
  wire_all(visitor, privileges, install, directives, findings);
}

// What a unit is enabled by becomes a path. Names that are none have a finding.
void check_names(WireReader& reader, const bundle::AnalyzedUnit& unit) {
  if (has_errors(unit.findings)) return;
  for (const auto* list : {&unit.install.wanted_by, &unit.install.required_by}) {
    for (const auto& by : *list) {
      if (!unit::FullName::parse(by.value)) reader.fail();
    }
  }
}

}  // namespace

void wire(WireWriter& writer, const bundle::AnalyzedUnit& unit) { wire_analyzed(writer, unit); }

void wire(WireReader& reader, bundle::AnalyzedUnit& unit) {
  wire_analyzed(reader, unit);
  if (!reader.failed()) check_names(reader, unit);
}

}  // namespace addon::service
