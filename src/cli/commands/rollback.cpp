#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <utility>

#include "cli/addon_ids.hpp"
#include "cli/change.hpp"
#include "cli/commands/all.hpp"
#include "cli/parse.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kRollbackHelp = R"(Usage: addonctl rollback ID [--yes]
       addonctl rollback [--to N] [--yes]

With ID, makes the version of that add-on active again that was active before
the present one. Without, takes the whole host back to an earlier generation.
Goes by the versions that are still installed: one that is missing or altered is
refused by name, and nothing is changed. Needs root, or addon-executor(8) to do
it.

Options:
  --to N                Go back to generation N instead of the one before.
                        addonctl history lists them; 0 is no add-on at all.
  --yes                 Do not ask. Needed where there is no terminal.
  --wait DURATION       Wait for another run to end (30s, 5min), instead of
                        giving up at once.

)";

void declare_rollback(CLI::App& app, Arguments& arguments) {
  app.add_option("ID", arguments.operands);
  app.add_flag_callback("--yes", [&arguments] { arguments.consent = Consent::given; });
  declare_wait(app, arguments);
  app.add_option_function<std::string>("--to", [&arguments](const std::string& text) {
    const auto number = parse_number("--to takes the number of a generation", text);
    if (!number) throw CLI::ConversionError(number.error().message(), CLI::ExitCodes::ConversionError);
    arguments.to = *number;
  });
}

Result<executor::Request> request_of(const Arguments& arguments) {
  executor::Request request;
  request.verb = arguments.operands.empty() ? executor::Request::Verb::rollback_host
                                            : executor::Request::Verb::rollback_addon;
  request.addons = TRY(parse_ids(arguments.operands));
  request.generation = arguments.to;
  return request;
}

Report run_rollback(const Context& context, const Arguments& arguments) {
  const std::string usage = "run addonctl rollback --help for its usage";
  if (arguments.operands.size() > 1)
    return misused("rollback takes one ID, or none for the whole host", usage);
  if (!arguments.operands.empty() && arguments.to) {
    return misused("--to takes the whole host back; it does not go with an ID", usage);
  }
  const auto request = request_of(arguments);
  if (!request) return failed(request.error());
  auto change = begin_change(context, "rollback", arguments.wait);
  if (!change) return failed(change.error());
  auto prepared = executor::prepare(*request, change->policy.policy, change->session->ports());
  if (!prepared) return failed(prepared.error());
  return finish_change(context, *change, std::move(*prepared),
                       {arguments.consent, *request, arguments.agreed}, "Rolled back");
}
}  // namespace

Command rollback_command() {
  return {"rollback",           "go back to an earlier version or generation",
          kRollbackHelp,        FindingsAre::problems,
          PolicyFiles::refused, declare_rollback,
          run_rollback};
}

}  // namespace addon::cli
