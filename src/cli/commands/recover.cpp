#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/change.hpp"
#include "cli/commands/all.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kRecoverHelp = R"(Usage: addonctl recover

Undoes a run that was cut off before it had committed, or cleans up after one
that had: by a kill, a crash or a power cut. Every verb that changes the host
does this first, and addonctl-recover.service does at boot, before any add-on
starts. Where there is nothing to recover, nothing is done. Needs root, or
addon-executor(8) to do it.

Options:
  --wait DURATION       Wait for another run to end (30s, 5min), instead of
                        giving up at once.

)";

void declare_recover(CLI::App& app, Arguments& arguments) { declare_wait(app, arguments); }

Report run_recover(const Context& context, const Arguments& arguments) {
  const auto held = hold_host(context, "recover", arguments.wait);
  if (!held) return failed(held.error());
  Report report;
  report.body["recovered"] = to_json(held->recovery);
  report.body["warnings"] = held->recovery.warnings;
  const bool is_whole = held->recovery.outcome == executor::Recovery::Outcome::nothing;
  report.conclusion = is_whole ? "Nothing to recover: no run was cut off." : "Recovered.";
  return report;
}
}  // namespace

Command recover_command() {
  return {"recover",
          "finish or undo a run that was cut off",
          kRecoverHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_recover,
          run_recover};
}

}  // namespace addon::cli
