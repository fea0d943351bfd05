#include "cli/parse.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <charconv>
#include <memory>
#include <system_error>

#include "core/text.hpp"

namespace addon::cli {

namespace {
constexpr std::string_view kProgramHint = "run addonctl --help for the verbs";

std::string help_hint(const Command* command) {
  return command == nullptr ? std::string(kProgramHint)
                            : fmt::format("run addonctl {} --help for its usage", command->name);
}

// What the parser fills before it means anything.
struct Raw {
  std::string format;
  std::string colour;
  bool quiet = false;
  bool verbose = false;
  bool help = false;
  bool version = false;
  bool has_root = false;
};

void declare_globals(CLI::App& app, GlobalOptions& options, Raw& raw) {
  app.add_option("--root", options.root);
  app.add_option("--format", raw.format);
  app.add_option("--color", raw.colour);
  // One at a time, so that what follows is an operand and not another value.
  app.add_option("--policy", options.policy_files)->allow_extra_args(false);
  app.add_flag("-q,--quiet", raw.quiet);
  app.add_flag("-v,--verbose", raw.verbose);
  app.add_flag("-h,--help", raw.help);
  app.add_flag("--version", raw.version);
}

// "auto, always or never"
std::string alternatives(const std::vector<std::string>& words) {
  const std::vector<std::string> first(words.begin(), words.end() - 1);
  return join(first, ", ") + " or " + words.back();
}

// One of the words that an option takes, and what each of them means.
template <class T>
struct Choice {
  std::string_view word;
  T value;
};

template <class T>
std::string choose(std::string_view option, const std::string& given, const std::vector<Choice<T>>& choices,
                   T& value) {
  std::vector<std::string> words;
  for (const auto& choice : choices) {
    if (choice.word == given) {
      value = choice.value;
      return "";
    }
    words.emplace_back(choice.word);
  }
  const std::string meant = did_you_mean(given, words);
  return meant.empty() ? fmt::format("{} takes {}, not {}", option, alternatives(words), quoted(given))
                       : fmt::format("{} takes {}, not {}; did you mean {}?", option, alternatives(words),
                                     quoted(given), quoted(meant));
}

const std::vector<Choice<Format>>& all_formats() {
  static const std::vector<Choice<Format>> formats = {
      {"text", Format::text},   {"json", Format::json},     {"sarif", Format::sarif},
      {"junit", Format::junit}, {"github", Format::github}, {"markdown", Format::markdown}};
  return formats;
}

bool takes(const Command* command, Format format) {
  if (format == Format::text || format == Format::json) return true;
  return command != nullptr && std::find(command->more_formats.begin(), command->more_formats.end(),
                                         format) != command->more_formats.end();
}

// ", which only lint takes" for a format of other verbs, or "".
std::string takers_of(const std::string& word) {
  std::vector<std::string> verbs;
  for (const auto& choice : all_formats()) {
    if (choice.word != word) continue;
    for (const Command& command : commands()) {
      if (takes(&command, choice.value)) verbs.emplace_back(command.name);
    }
  }
  return verbs.empty()
             ? ""
             : fmt::format(", which only {} {}", join(verbs, " and "), verbs.size() == 1 ? "takes" : "take");
}

std::string choose_format(const std::string& word, const Command* command, Format& format) {
  std::vector<Choice<Format>> choices;
  for (const auto& choice : all_formats()) {
    if (takes(command, choice.value)) choices.push_back(choice);
  }
  const std::string wrong = choose<Format>("--format", word, choices, format);
  return wrong.empty() ? wrong : wrong + takers_of(word);
}

// The message of what is wrong with the global options, or "".
std::string interpret(const Raw& raw, const Command* command, GlobalOptions& options) {
  if (raw.quiet && raw.verbose) return "-q and -v exclude each other";
  if (raw.quiet) options.verbosity = Verbosity::quiet;
  if (raw.verbose) options.verbosity = Verbosity::verbose;
  if (raw.has_root && options.root.empty()) return "--root needs a directory";
  if (!raw.format.empty()) {
    std::string wrong = choose_format(raw.format, command, options.format);
    if (!wrong.empty()) return wrong;
  }
  if (!raw.colour.empty()) {
    std::string wrong = choose<ColourMode>(
        "--color", raw.colour,
        {{"auto", ColourMode::automatic}, {"always", ColourMode::always}, {"never", ColourMode::never}},
        options.colour);
    if (!wrong.empty()) return wrong;
  }
  if (command != nullptr && command->policy_files == PolicyFiles::refused && !options.policy_files.empty()) {
    return fmt::format("--policy serves lint, plan and policy only; {} goes by the host's own policy, if any",
                       command->name);
  }
  return "";
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::string with_suggestion(std::string message, const std::string& word,
                            const std::vector<std::string>& candidates) {
  const std::string meant = did_you_mean(word, candidates);
  return meant.empty() ? message : fmt::format("{}; did you mean {}?", message, quoted(meant));
}

Misuse unexpected_word(const CLI::App& app, const CLI::App* verb, const Command* command,
                       const std::string& word) {
  Misuse misuse{command, {}, help_hint(command)};
  if (word.size() > 1 && word.front() == '-') {
    std::vector<std::string> names = option_names(app);
    if (verb != nullptr) {
      const std::vector<std::string> own = option_names(*verb);
      names.insert(names.end(), own.begin(), own.end());
    }
    const std::string name = word.substr(0, word.find('='));
    misuse.message = with_suggestion(fmt::format("unknown option {}", quoted(name)), name, names);
  } else if (command == nullptr) {
    std::vector<std::string> names;
    for (const Command& known : commands()) names.emplace_back(known.name);
    misuse.message = with_suggestion(fmt::format("unknown verb {}", quoted(word)), word, names);
  } else {
    misuse.message = fmt::format("{} does not take the argument {}", command->name, quoted(word));
  }
  return misuse;
}

// "--yes=no" must not be taken for a yes.
void refuse_flag_values(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_expected_max() == 0) option->disable_flag_override();
  }
  for (CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) refuse_flag_values(*verb);
}

// "--root: 1 required TEXT missing" and its kind, as a sentence about the option.
std::string in_words(const std::string& message) {
  std::string option = message.substr(0, message.find_first_of(": "));
  if (!option.starts_with('-')) option.insert(0, option.size() == 1 ? "-" : "--");
  if (message.find("received") != std::string::npos) return option + " can be given only once";
  return option + (message.find("flag override") == std::string::npos ? " needs a value" : " takes no value");
}

// The format is asked for before anything is known to be wrong, so that even then a script gets JSON.
void find_format(const std::vector<std::string>& arguments, GlobalOptions& options) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool separate =
        arguments[i] == "--format" && i + 1 < arguments.size() && arguments[i + 1] == "json";
    if (arguments[i] == "--") return;
    if (separate || arguments[i] == "--format=json") options.format = Format::json;
  }
}
}  // namespace

Parsed parse(const std::vector<std::string>& arguments, GlobalOptions& options) {
  find_format(arguments, options);
  Raw raw;
  Invocation invocation;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.require_subcommand(0, 1);
  declare_globals(app, options, raw);
  for (const Command& command : commands()) {
    CLI::App* verb = app.add_subcommand(std::string(command.name));
    verb->set_help_flag();
    verb->fallthrough();
    command.declare(*verb, invocation.arguments);
  }

  refuse_flag_values(app);
  std::string wrong;
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ArgumentMismatch& error) {
    wrong = in_words(error.what());
  } catch (const CLI::Error& error) {
    wrong = error.what();
  }
  const std::vector<CLI::App*> verbs = app.get_subcommands();
  const CLI::App* verb = verbs.empty() ? nullptr : verbs.front();
  raw.has_root = app.count("--root") > 0;
  invocation.command = verb == nullptr ? nullptr : find_command(verb->get_name());
  if (!wrong.empty()) return Misuse{invocation.command, wrong, help_hint(invocation.command)};

  std::vector<std::string> extras = app.remaining(true);
  std::erase(extras, "--");
  if (!extras.empty() && !raw.help) return unexpected_word(app, verb, invocation.command, extras.front());
  wrong = interpret(raw, invocation.command, options);
  if (!wrong.empty()) return Misuse{invocation.command, wrong, help_hint(invocation.command)};
  if (raw.help) return HelpWanted{invocation.command};
  if (raw.version) return VersionWanted{};
  if (invocation.command == nullptr) return Misuse{nullptr, "there is no verb", std::string(kProgramHint)};
  return invocation;
}

Grammar grammar_of(const Command* command) {
  GlobalOptions globals;
  Arguments arguments;
  Raw raw;
  Grammar grammar;
  CLI::App app;
  app.set_help_flag();
  if (command != nullptr) command->declare(app, arguments);
  declare_globals(app, globals, raw);
  for (const CLI::Option* option : app.get_options()) {
    const bool takes_value = option->get_expected_max() > 0;
    for (const std::string& name : option->get_lnames()) {
      if (name == "policy" && (command == nullptr || command->policy_files == PolicyFiles::refused)) continue;
      grammar.options.push_back({"--" + name, takes_value});
    }
    for (const std::string& name : option->get_snames()) grammar.options.push_back({"-" + name, takes_value});
    if (option->get_positional()) grammar.operand = option->get_name(true);
  }
  for (const auto& choice : all_formats()) {
    if (takes(command, choice.value)) grammar.formats.emplace_back(choice.word);
  }
  return grammar;
}

Result<std::uint64_t> parse_number(std::string_view option_takes, const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stop == end && !text.empty()) return number;
  return tl::unexpected(Error(fmt::format("{}, not {}", option_takes, quoted(text)), ErrorKind::usage));
}

}  // namespace addon::cli
