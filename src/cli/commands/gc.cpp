#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/change.hpp"
#include "cli/commands/all.hpp"
#include "cli/parse.hpp"
#include "cli/terminal.hpp"
#include "executor/audit.hpp"
#include "executor/collect.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kGcHelp = R"(Usage: addonctl gc [--keep N]

Removes the records of all but the last N generations, and installed versions
that none of these names and that are not active. After that rollback goes back
no further than the oldest generation that is kept. Where a record is lost or
cannot be read, nothing is removed. Needs root, or addon-executor(8) to do it.

Options:
  --keep N              Keep the last N generations, at least 1. Default: 5.
  --wait DURATION       Wait for another run to end (30s, 5min), instead of
                        giving up at once.

)";

void declare_gc(CLI::App& app, Arguments& arguments) {
  app.add_option_function<std::string>("--keep", [&arguments](const std::string& text) {
    const auto number = parse_number("--keep takes a number of generations", text);
    if (!number) throw CLI::ConversionError(number.error().message(), CLI::ExitCodes::ConversionError);
    arguments.keep = *number;
  });
  declare_wait(app, arguments);
}

std::string count(std::size_t number, const char* noun) {
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : "s");
}

// What gc removes, nobody can go back to: that it did is recorded.
Result<> collect(executor::Ports& ports, const executor::Garbage& garbage) {
  if (garbage.empty()) return {};
  executor::AuditLog log = TRY(executor::AuditLog::open(ports));
  executor::AuditRecord record;
  record.verb = "gc";
  record.caller = ports.caller;
  record.summary = fmt::format("removed {} and {}", count(garbage.versions.size(), "version"),
                               count(garbage.generations.size(), "generation"));
  for (const auto& [id, version] : garbage.versions) {
    if (record.addons.empty() || record.addons.back() != id.str()) record.addons.push_back(id.str());
  }
  auto collected = executor::collect(ports.root, garbage);
  if (!collected) {
    record.outcome = executor::AuditOutcome::failed;
    record.error = collected.error().message();
  }
  TRY_CONTEXT("cannot write the audit log", log.append(record));
  return collected;
}

Report run_gc(const Context& context, const Arguments& arguments) {
  if (arguments.keep == 0) {
    return misused("--keep takes a number from 1: the last generation says what is active",
                   "run addonctl gc --help for its usage");
  }
  const auto held = hold_host(context, "gc", arguments.wait);
  if (!held) return failed(held.error());
  host::Directory& root = held->session->root();
  const auto garbage = executor::find_garbage(root, arguments.keep);
  if (!garbage) return failed(garbage.error());
  const auto collected = collect(held->session->ports(), *garbage);
  if (!collected) return failed(collected.error());

  Report report;
  report.body = {{"keep", arguments.keep},
                 {"generations", garbage->generations},
                 {"versions", Json::array()},
                 {"leftovers", Json::array()}};
  for (const auto& [id, name] : garbage->leftovers) {
    report.body["leftovers"].push_back({{"addon", id.str()}, {"name", name}});
    context.console.result(
        fmt::format("- {} {}, left by a run that was cut off\n", id.str(), one_line(name)));
  }
  for (const auto& [id, version] : garbage->versions) {
    report.body["versions"].push_back({{"addon", id.str()}, {"version", version.str()}});
    context.console.result(fmt::format("- {} {}\n", id.str(), version.str()));
  }
  report.conclusion = garbage->empty()
                          ? "Nothing to remove."
                          : fmt::format("Removed {} and {}.", count(garbage->versions.size(), "version"),
                                        count(garbage->generations.size(), "generation"));
  return report;
}
}  // namespace

Command gc_command() {
  return {"gc",
          "remove versions that no kept generation names",
          kGcHelp,
          FindingsAre::problems,
          PolicyFiles::refused,
          declare_gc,
          run_gc};
}

}  // namespace addon::cli
