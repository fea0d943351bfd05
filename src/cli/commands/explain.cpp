#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/commands/all.hpp"
#include "core/rules.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kExplainHelp = R"(Usage: addonctl explain RULE

Explains a rule: what is wrong when a finding names it, why that matters, and
what to do. The rule stands in brackets in each finding: error[schema-type].

)";

void declare_explain(CLI::App& app, Arguments& arguments) { app.add_option("RULE", arguments.operands); }

int exit_of(const Rule& rule) {
  return rule.severity == Severity::error ? exit_code({make_finding(rule, "")}) : kExitDone;
}

Report unknown(const std::string& name) {
  std::vector<std::string> ids;
  for (const Rule* rule : all_rules()) ids.emplace_back(rule->id);
  const std::string meant = did_you_mean(name, ids);
  return misused(fmt::format("there is no rule {}{}", quoted(name),
                             meant.empty() ? "" : fmt::format("; did you mean {}?", quoted(meant))),
                 "a rule stands in brackets in each finding: error[schema-type]");
}

Report run_explain(const Context& context, const Arguments& arguments) {
  if (arguments.operands.size() != 1) {
    return misused("explain takes the name of one rule",
                   "a rule stands in brackets in each finding: error[schema-type]");
  }
  const Rule* rule = find_rule(arguments.operands.front());
  if (rule == nullptr) return unknown(arguments.operands.front());
  const int exit = exit_of(*rule);
  const std::string ends =
      exit == kExitDone ? "does not change the exit code" : fmt::format("exit code {}", exit);
  context.console.result(fmt::format("{} ({}, {})\n\n{}\n\n{}\n", rule->id, to_string(rule->severity), ends,
                                     wrap(rule->summary, 80, 0, 0), wrap(rule->help, 80, 0, 0)));
  Report report;
  report.body["rule"] = {{"id", rule->id},
                         {"severity", to_string(rule->severity)},
                         {"exit", exit},
                         {"summary", rule->summary},
                         {"help", rule->help}};
  return report;
}
}  // namespace

Command explain_command() {
  return {"explain",
          "say what a rule means and what to do",
          kExplainHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_explain,
          run_explain};
}

}  // namespace addon::cli
