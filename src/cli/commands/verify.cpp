#include "executor/verify.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <vector>

#include "cli/commands/all.hpp"
#include "cli/drift.hpp"
#include "cli/session.hpp"
#include "cli/terminal.hpp"
#include "linux/process.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kVerifyHelp = R"(Usage: addonctl verify

Looks at everything that addonctl keeps on this host: hashes every file of every
installed version that a generation names, whatever is known of it, and checks
units and capabilities as diff does, the records of generations, the journal,
and that no line of the audit log was changed, removed, reordered or cut off.
Changes nothing. Needs root, or addon-executor(8) to do it.

Exits 0 when all is as addonctl left it, 5 when something is not.

)";

void declare_verify(CLI::App&, Arguments&) {}

Result<executor::Verification> look(const Context& context) {
  if (!linux::runs_as_root()) {
    return tl::unexpected(
        Error("verify reads what only root may; run it with sudo", ErrorKind::unauthorised));
  }
  auto session = TRY(Session::open(context));
  return executor::verify(session->ports());
}

Json to_json(const std::vector<executor::Problem>& problems) {
  Json json = Json::array();
  for (const executor::Problem& problem : problems) {
    json.push_back(
        {{"kind", problem.kind}, {"path", problem.path}, {"message", problem.message}, {"fix", problem.fix}});
  }
  return json;
}

std::string render(const executor::Verification& found, const std::vector<Drift>& drift,
                   const Palette& palette) {
  std::string out;
  for (const Drift& one : drift) {
    const std::string addon = one.addon.empty() ? "host" : one.addon;
    out += fmt::format("{} {}: {}\n", palette(Paint::yellow, "~"), addon, render(one, addon.size() + 4));
  }
  for (const executor::Problem& problem : found.problems) {
    out += fmt::format("{} {}: {}\n  fix: {}\n", palette(Paint::red, "!"), problem.kind,
                       one_line(problem.message), one_line(problem.fix));
  }
  return out;
}

std::string count(std::uint64_t number, const char* noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

Report run_verify(const Context& context, const Arguments&) {
  const auto found = look(context);
  if (!found) return failed(found.error());
  std::vector<Drift> drift = find_drift(found->repair);
  std::stable_sort(drift.begin(), drift.end(),
                   [](const Drift& a, const Drift& b) { return a.addon < b.addon; });
  Report report;
  report.body["generation"] = found->repair.generation.number;
  report.body["drift"] = to_json(drift);
  report.body["problems"] = to_json(found->problems);
  report.body["checked"] = {{"versions", found->versions},
                            {"generations", found->generations},
                            {"audit_lines", found->audit_lines}};
  const std::string looked =
      fmt::format("{}, {}, {} of the audit log", count(found->versions, "version"),
                  count(found->generations, "generation"), count(found->audit_lines, "line"));
  const std::size_t wrong = drift.size() + found->problems.size();
  if (wrong == 0) {
    report.conclusion = fmt::format("All is as it was left: {}.", looked);
    return report;
  }
  report.exit = kExitChanges;
  context.console.result(render(*found, drift, context.console.palette()));
  report.conclusion = fmt::format("\n{} wrong in {}.",
                                  wrong == 1 ? "1 thing is" : fmt::format("{} things are", wrong), looked);
  if (!drift.empty())
    report.hints.emplace_back("addonctl plan -o FILE makes a plan that repairs what has drifted");
  return report;
}
}  // namespace

Command verify_command() {
  return {"verify",
          "check everything that is installed and recorded",
          kVerifyHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_verify,
          run_verify};
}

}  // namespace addon::cli
