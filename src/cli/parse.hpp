#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/command.hpp"
#include "cli/options.hpp"

namespace addon::cli {

/// A command line that asks for a verb to be run.
struct Invocation {
  const Command* command = nullptr;
  Arguments arguments;
};
/// One that asks for a text: the help of a verb, or, where that is null, of the program.
struct HelpWanted {
  const Command* command = nullptr;
};
struct VersionWanted {};
/// One that cannot be understood.
struct Misuse {
  const Command* command = nullptr;  ///< as far as that was clear
  std::string message;
  std::string hint;
};

using Parsed = std::variant<Invocation, HelpWanted, VersionWanted, Misuse>;

/// Reads a command line, without the program's name. The options are filled as far as they could be
/// understood, also when the rest could not.
Parsed parse(const std::vector<std::string>& arguments, GlobalOptions& options);

/// An option as it is written, and whether a value comes behind it.
struct OptionWord {
  std::string name;  ///< "--root", "-q"
  bool takes_value = false;
};

/// What the command line of a verb can consist of, for those who type one.
struct Grammar {
  std::vector<OptionWord> options;   ///< the verb's own, then those of every verb
  std::string operand;               ///< as its help calls it: "PATH", "ID"; "" where it takes none
  std::vector<std::string> formats;  ///< that --format takes
};

/// Of that verb; of a command line that has none yet where it is null.
Grammar grammar_of(const Command* command);

/// The whole number that stands after an option. `option_takes` begins the error: "--keep takes a number".
Result<std::uint64_t> parse_number(std::string_view option_takes, const std::string& text);

}  // namespace addon::cli
