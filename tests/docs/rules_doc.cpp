// Prints docs/rules.md from the rules themselves, so that the page and the program cannot differ.
#include <fmt/format.h>

#include <cstdio>

#include "core/rules.hpp"

namespace {

int exit_code(addon::RuleOutcome outcome) {
  switch (outcome) {
    case addon::RuleOutcome::invalid:
      return 3;
    case addon::RuleOutcome::denied:
      return 4;
    case addon::RuleOutcome::failed:
      return 1;
  }
  return 1;
}

}  // namespace

int main() {
  fmt::print(
      "# Rules\n\n"
      "Each finding carries the id of its rule. `addonctl explain RULE` prints the same page. The exit code "
      "is that of\n"
      "a run whose only error it is.\n");
  for (const addon::Rule* rule : addon::all_rules()) {
    fmt::print("\n## {}\n\n", rule->id);
    if (rule->severity == addon::Severity::error) {
      fmt::print("*error, exit {}*\n\n", exit_code(rule->outcome));
    } else {
      fmt::print("*{}*\n\n", addon::to_string(rule->severity));
    }
    fmt::print("{} {}\n", rule->summary, rule->help);
  }
}
