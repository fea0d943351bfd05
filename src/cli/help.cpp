#include "cli/help.hpp"

#include <fmt/format.h>

#include <vector>

#include "cli/terminal.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kGlobalOptions = R"(Options of every verb:
  --root DIR            Work on the host below DIR instead of the running one.
                        Units are enabled there, but nothing is started.
  --format text|json    How results are printed. JSON is one object on stdout.
  --color auto|always|never
                        When to colour text. NO_COLOR is honoured.
  -q, --quiet           No hints and no notes.
  -v, --verbose         Say what is being done.
  -h, --help            Print this help.
  --version             Print the version.
)";

constexpr std::string_view kExitCodes = R"(Exit codes:
  0  done, or nothing to do      6  the plan is stale
  1  the host or addonctl failed 7  another transaction holds the lock
  2  wrong use                   8  failed; the host is back as it was
  3  invalid input               9  failed, and undoing it failed too
  4  denied by policy            10 not authorised
  5  changes pending, or drift
)";

std::string program_help() {
  std::vector<std::vector<std::string>> rows;
  for (const Command& command : commands()) {
    rows.push_back({"  " + std::string(command.name), std::string(command.summary)});
  }
  return fmt::format(
      "addonctl installs privileged add-ons, as far as the site's policy allows.\n\n"
      "Usage: addonctl VERB [OPTION]... [ARGUMENT]...\n\nVerbs:\n{}\n{}\n{}\n"
      "Run addonctl VERB --help for the options of a verb.\n",
      table(rows), kGlobalOptions, kExitCodes);
}
}  // namespace

std::string help_text(const Command* command) {
  if (command == nullptr) return program_help();
  return fmt::format("addonctl {}: {}\n\n{}{}", command->name, command->summary, command->help,
                     kGlobalOptions);
}

}  // namespace addon::cli
