#pragma once

#include <span>
#include <string_view>

#include "cli/console.hpp"
#include "cli/desk.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"

namespace CLI {
class App;
}

namespace addon::cli {

/// What every verb gets besides its own arguments.
struct Context {
  const GlobalOptions& options;
  Console& console;
  Desk& desk;
};

/// Where a verb's findings belong: they are what it is for, or what went wrong.
enum class FindingsAre { results, problems };
/// Whether --policy may stand in for the host's own policy.
enum class PolicyFiles { accepted, refused };

/// One verb. Everything there is to know about it stands in one file below commands/.
struct Command {
  std::string_view name;
  std::string_view summary;  ///< for the list of verbs
  std::string_view help;     ///< from "Usage:" on, without the global options
  FindingsAre findings;
  PolicyFiles policy_files;
  void (*declare)(CLI::App& app, Arguments& arguments);
  Report (*run)(const Context& context, const Arguments& arguments);
  std::span<const Format> more_formats = {};  ///< besides text and json; what it prints is Report::document
};

/// Every verb, in the order of the help text.
std::span<const Command> commands();

/// The verb of that name, or null.
const Command* find_command(std::string_view name);

}  // namespace addon::cli
