#include "unit/value_finding.hpp"

#include <fmt/format.h>

#include "core/text.hpp"

namespace addon::unit {

Finding value_finding(const Directive& directive, std::string_view why, std::string fix) {
  Finding finding = make_finding(
      rules::unit_value, fmt::format("{}={} {}", printable(directive.key), quoted(directive.value), why),
      directive.at);
  finding.fix = std::move(fix);
  return finding;
}

Finding unbalanced_finding(const Directive& directive) {
  return value_finding(directive, "has a quote that is not closed, or ends with a backslash",
                       "close the quote, or write \\\\ for a backslash");
}

}  // namespace addon::unit
