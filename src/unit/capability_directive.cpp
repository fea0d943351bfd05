#include "unit/capability_directive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "core/text.hpp"
#include "unit/value_finding.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
std::string as_written(Capability capability) {
  std::string name(capability.name());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return name;
}

std::string nearest_name(std::string_view word) {
  std::vector<std::string> names;
  for (unsigned number = 0; number < Capability::count(); ++number) {
    names.push_back(as_written(Capability::from_number(number)));
  }
  return did_you_mean(word, names);
}

// systemd takes a number too, which nobody can read.
std::optional<Capability> from_number(std::string_view word) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error != std::errc{} || end != word.data() + word.size() || number >= Capability::count())
    return std::nullopt;
  return Capability::from_number(number);
}

Finding unknown_capability(const Directive& directive, std::string_view word, std::string_view why,
                           const std::string& meant) {
  Finding finding =
      make_finding(rules::capability_unknown,
                   fmt::format("{}= names {}, {}", directive.key, quoted(word), why), directive.at);
  if (!meant.empty()) finding.fix = "write " + meant;
  return finding;
}

// Which capability systemd understands by that word.
std::optional<Capability> understand(const Directive& directive, std::string_view word,
                                     std::vector<Finding>& findings) {
  const auto named = Capability::from_name(word);
  if (named && to_lower(word) == named->name()) return named;
  if (const auto numbered = from_number(word)) {
    findings.push_back(unknown_capability(
        directive, word, "which is a number: only a name says what is asked for", as_written(*numbered)));
    return numbered;
  }
  findings.push_back(unknown_capability(directive, word,
                                        "which is not a Linux capability: systemd passes over it",
                                        named ? as_written(*named) : nearest_name(word)));
  return std::nullopt;
}

std::uint64_t read_names(const Directive& directive, std::string_view value, std::vector<Finding>& findings) {
  std::uint64_t bits = 0;
  WordReader words(value, Escapes::drop, Quotes::group);
  WordReader::Status status = words.next();
  for (; status == WordReader::Status::word; status = words.next()) {
    if (const auto capability = understand(directive, words.word(), findings)) {
      bits |= std::uint64_t{1} << capability->number();
    }
  }
  if (status == WordReader::Status::unbalanced) findings.push_back(unbalanced_finding(directive));
  return bits;
}

// All 64 bits count on the way, since systemd tells by them whether a set is still at its default.
Stated<CapabilitySet> read_set(const UnitFile& unit, std::string_view key, std::uint64_t initial,
                               std::vector<Finding>& findings) {
  std::uint64_t set = initial;
  SourceSpan at{unit.file};
  for (const Directive* directive : unit.all("Service", key)) {
    at = directive->at;
    std::string_view value = directive->value;
    const bool inverted = value.starts_with('~');
    if (inverted) value.remove_prefix(1);
    const std::uint64_t named = read_names(*directive, value, findings);
    if (named == 0 || set == initial) {
      set = inverted ? ~named : named;
    } else {
      set = inverted ? set & ~named : set | named;
    }
  }
  return {CapabilitySet::from_bits(set) & CapabilitySet::all(), at};
}
}  // namespace

Stated<CapabilitySet> read_bounding_set(const UnitFile& unit, std::vector<Finding>& findings) {
  return read_set(unit, "CapabilityBoundingSet", ~std::uint64_t{0}, findings);
}

Stated<CapabilitySet> read_ambient_set(const UnitFile& unit, std::vector<Finding>& findings) {
  return read_set(unit, "AmbientCapabilities", 0, findings);
}

}  // namespace addon::unit
