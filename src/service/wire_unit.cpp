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
  wire_all(visitor, stated.value, stated.at);
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
  wire_all(visitor, command.directive, command.prefixes, command.program, command.arguments, command.at);
}

template <class V, Is<unit::Reference> T>
void wire(V& visitor, T& reference) {
  wire_all(visitor, reference.directive, reference.unit, reference.at);
}

template <class V, Is<unit::Directive> T>
void wire(V& visitor, T& directive) {
  wire_all(visitor, directive.section, directive.key, directive.value, directive.at);
}

template <class V, Is<unit::Privileges> T>
void wire(V& visitor, T& p) {
  wire_all(visitor, p.user, p.group, p.dynamic_user, p.supplementary_groups, p.bounding, p.bounding_stated,
           p.ambient, p.no_new_privileges, p.no_new_privileges_effective, p.exec, p.settings);
}

template <class V, Is<unit::Install> T>
void wire(V& visitor, T& install) {
  wire_all(visitor, install.wanted_by, install.required_by, install.also, install.alias, install.activates,
           install.references);
}

namespace {

template <class V, class T>
void wire_analyzed(V& visitor, T& unit) {
  wire_all(visitor, unit.privileges, unit.install, unit.directives, unit.findings);
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
