#include "cli/app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/complete.hpp"
#include "cli/help.hpp"
#include "cli/over_bus.hpp"
#include "cli/parse.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kVersion = ADDONCTL_VERSION;

}  // namespace

void print(const Report& report, const Command* command, Console& console) {
  if (console.is_json()) {
    console.json(to_json(report, command == nullptr ? "" : command->name));
    return;
  }
  if (!console.is_text()) {
    console.document(report.document);
    if (!report.error.empty()) console.error(report.error);
    // Whoever looks at the log of a CI job shall see how it ended; the document is a file somewhere.
    if (!report.conclusion.empty()) console.note(report.conclusion);
    for (const std::string& note : report.notes) console.note(note);
    for (const std::string& hint : report.hints) console.hint(hint);
    return;
  }
  const bool results = command != nullptr && command->findings == FindingsAre::results;
  console.findings(report.findings, results ? Console::Place::results : Console::Place::errors);
  if (results && !report.findings.empty() && !report.conclusion.empty()) console.result("\n");
  if (!report.conclusion.empty()) console.result(report.conclusion + "\n");
  if (!report.error.empty()) console.error(report.error);
  for (const std::string& note : report.notes) console.note(note);
  for (const std::string& hint : report.hints) console.hint(hint);
}

namespace {

Report version_report(Console& console) {
  console.result(fmt::format("addonctl {}\n", kVersion));
  Report report;
  report.body["version"] = kVersion;
  return report;
}

Report help_report(const Command* command, Console& console) {
  const std::string text = help_text(command);
  console.result(text);
  Report report;
  report.body["help"] = text;
  return report;
}

struct Outcome {
  const Command* command = nullptr;
  Report report;
  bool is_printed = false;
};

Outcome carry_out(const Parsed& parsed, const GlobalOptions& options, Console& console, Desk& desk) {
  if (const auto* misuse = std::get_if<Misuse>(&parsed)) {
    return {misuse->command, misused(misuse->message, misuse->hint)};
  }
  if (const auto* help = std::get_if<HelpWanted>(&parsed))
    return {help->command, help_report(help->command, console)};
  if (std::holds_alternative<VersionWanted>(parsed)) return {nullptr, version_report(console)};
  const auto& invocation = std::get<Invocation>(parsed);
  const Context context{options, console, desk};
  if (auto elsewhere = run_over_bus(*invocation.command, context, invocation.arguments)) {
    return {invocation.command, std::move(elsewhere->report), elsewhere->is_printed};
  }
  return {invocation.command, invocation.command->run(context, invocation.arguments)};
}
}  // namespace

int run(const std::vector<std::string>& arguments, std::FILE* out, std::FILE* err) {
  // A shell asks while somebody types: no verb, and never a reason to say more than what it asked for.
  if (asks_for_completion(arguments)) {
    const std::vector<std::string> words(arguments.begin() + 2, arguments.end());
    // A shell that does not read on wants no more.
    static_cast<void>(std::fputs(to_lines(complete(words)).c_str(), out));
    return kExitDone;
  }
  GlobalOptions options;
  const Parsed parsed = parse(arguments, options);
  OwnDesk desk;
  Console console(options, Streams::of(out, err));
  const Outcome outcome = carry_out(parsed, options, console, desk);
  if (!outcome.is_printed) print(outcome.report, outcome.command, console);
  if (console.flush()) return outcome.report.exit;
  const bool applied = outcome.report.body.value("applied", false);
  console.error(applied ? "what was asked for is done, but the results cannot be written to standard output"
                        : "cannot write the results to standard output");
  return outcome.report.exit == kExitDone ? static_cast<int>(ErrorKind::failed) : outcome.report.exit;
}

}  // namespace addon::cli
