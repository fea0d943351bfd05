#include "cli/status.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/addon_ids.hpp"
#include "cli/commands/all.hpp"
#include "cli/settled.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kStatusHelp = R"(Usage: addonctl status [ID]

Lists the active add-ons: version, the capabilities that their files have, the
state of their units, and how many things have drifted (addonctl diff says
which). Changes nothing.

)";

void declare_status(CLI::App& app, Arguments& arguments) { app.add_option("ID", arguments.operands); }

Result<HostReport> read(const Context& context, const Arguments& arguments) {
  const std::set<AddonId> ids = TRY(parse_ids(arguments.operands));
  auto session = TRY(Session::open(context));
  return look_settled(session->root(), [&] { return read_status(*session, ids); });
}

Report run_status(const Context& context, const Arguments& arguments) {
  if (arguments.operands.size() > 1) {
    return misused("status takes one ID, or none for all", "run addonctl status --help for its usage");
  }
  const auto status = read(context, arguments);
  if (!status) return failed(status.error());
  Report report;
  report.body = to_json(*status);
  context.console.result(render(*status, context.console.palette()));
  for (const std::string& warning : status->warnings) context.console.warning(warning);
  return report;
}
}  // namespace

Command status_command() {
  return {"status",
          "list what is active",
          kStatusHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_status,
          run_status};
}

}  // namespace addon::cli
