#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iterator>
#include <utility>

#include "cli/commands/all.hpp"
#include "cli/render_findings.hpp"
#include "cli/render_unit.hpp"
#include "cli/unit_operands.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kUnitHelp = R"(Usage: addonctl unit analyze FILE|NAME...

Shows the privileges that a service or timer really has, as systemd 252 would
resolve them: user and groups, capability sets, what is implied, every command
with its prefixes, devices, directories, and the other units that it names; of
each the file and line that decide it. Changes nothing and asks systemd nothing.

A FILE has a slash in its path, or is a file in this directory. FILE.d/*.conf
are its drop-ins. A NAME is looked up on the host, or below --root, in all the
directories that systemd reads, with every drop-in for the unit, its aliases,
its template, its prefixes and its type.

Exits 0, or 3 when systemd would not read a unit as it is written.

)";

void declare_unit(CLI::App& app, Arguments& arguments) { app.add_option("FILE", arguments.operands); }

Report conclude(const Context& context, AnalyzedUnits analyzed) {
  Report report;
  std::vector<Finding> all = analyzed.findings;
  report.body["units"] = Json::array();
  for (const unit::AnalyzedUnit& unit : analyzed.units) {
    Json json = unit::to_json(unit);
    json["findings"] = Json::array();
    for (const Finding& finding : unit.findings) json["findings"].push_back(to_json(finding));
    report.body["units"].push_back(std::move(json));
    all.insert(all.end(), unit.findings.begin(), unit.findings.end());
    if (report.body["units"].size() > 1) context.console.result("\n");
    context.console.result(render(unit, context.console.palette()));
  }
  report.exit = exit_code(all);
  // In JSON each unit has its own.
  report.findings = context.console.is_text() ? std::move(all) : std::move(analyzed.findings);
  if (!report.findings.empty()) report.conclusion = count_findings(report.findings);
  return report;
}

Report run_unit(const Context& context, const Arguments& arguments) {
  const auto& operands = arguments.operands;
  if (operands.size() < 2 || operands.front() != "analyze") {
    return misused("unit takes analyze and at least one FILE or NAME",
                   "run addonctl unit --help for its usage");
  }
  auto analyzed = analyze_operands({operands.begin() + 1, operands.end()}, context);
  if (!analyzed) return failed(analyzed.error());
  return conclude(context, std::move(*analyzed));
}
}  // namespace

Command unit_command() {
  return {"unit",
          "show the privileges that a unit really has",
          kUnitHelp,
          FindingsAre::results,
          PolicyFiles::refused,
          declare_unit,
          run_unit};
}

}  // namespace addon::cli
