#include "cli/complete.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "cli/command.hpp"
#include "cli/commands/schema_names.hpp"
#include "cli/complete_host.hpp"
#include "cli/parse.hpp"
#include "core/capability.hpp"
#include "core/rules.hpp"
#include "core/text.hpp"

namespace addon::cli {

namespace {
/// What stands before the word that is being typed.
struct Line {
  const Command* command = nullptr;
  Grammar grammar;
  std::string root;                   ///< --root
  std::vector<std::string> operands;  ///< behind the verb
  std::string option;                 ///< whose value the word is, or ""
  bool only_operands = false;         ///< behind "--"
  bool has_unknown_verb = false;      ///< so nobody knows what could follow
};

// What a verb with several things to do takes as its first operand.
struct Parts {
  std::string_view verb;
  std::vector<Candidate> words;
};

const std::vector<Candidate>& parts_of(std::string_view verb) {
  static const std::vector<Parts> parts = {{"bundle",
                                            {{"build", "pack a directory"},
                                             {"inspect", "show what it says and holds"},
                                             {"verify", "check it and its signature"},
                                             {"sign", "sign it with a secret key"},
                                             {"digests", "print what is signed"}}},
                                           {"policy",
                                            {{"explain", "what it says to an add-on"},
                                             {"check", "what has no effect, or covers too much"},
                                             {"test", "judge cases"}}},
                                           {"unit", {{"analyze", "the privileges that a unit has"}}}};
  static const std::vector<Candidate> none;
  for (const Parts& one : parts) {
    if (one.verb == verb) return one.words;
  }
  return none;
}

bool takes_value(const Grammar& grammar, const std::string& option) {
  return std::any_of(grammar.options.begin(), grammar.options.end(),
                     [&](const OptionWord& known) { return known.name == option && known.takes_value; });
}

bool is_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

void read_option(Line& line, const std::string& word) {
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  if (word == "--") {
    line.only_operands = true;
  } else if (equals == std::string::npos) {
    if (takes_value(line.grammar, name)) line.option = name;
  } else if (name == "--root") {
    line.root = word.substr(equals + 1);
  }
}

void read_word(Line& line, const std::string& word) {
  if (!line.option.empty()) {
    if (line.option == "--root") line.root = word;
    line.option.clear();
  } else if (is_option(word) && !line.only_operands) {
    read_option(line, word);
  } else if (line.command == nullptr) {
    line.command = find_command(word);
    line.has_unknown_verb = line.has_unknown_verb || line.command == nullptr;
    line.grammar = grammar_of(line.command);
  } else {
    line.operands.push_back(word);
  }
}

// The words that an option takes.
Completion values_of(const Line& line, const std::string& option) {
  constexpr std::array files = {"--policy", "--output", "-o", "--key", "--baseline", "--write-baseline"};
  Completion values;
  const auto offer = [&](std::initializer_list<const char*> words) {
    for (const char* word : words) values.candidates.push_back({word, ""});
  };
  if (option == "--root" || option == "--source") values.names = Names::directories;
  if (std::find(files.begin(), files.end(), option) != files.end()) values.names = Names::files;
  if (option == "--color") offer({"auto", "always", "never"});
  if (option == "--fail-on") offer({"error", "warning"});
  if (option == "--to") values.candidates = earlier_generations(line.root);
  if (option == "--format") {
    for (const std::string& format : line.grammar.formats) values.candidates.push_back({format, ""});
  }
  return values;
}

std::vector<Candidate> rules_with_summaries() {
  std::vector<Candidate> rules;
  for (const Rule* rule : all_rules()) rules.push_back({std::string(rule->id), std::string(rule->summary)});
  return rules;
}

std::vector<Candidate> capability_names() {
  std::vector<Candidate> names;
  for (const Capability capability : CapabilitySet::all().members())
    names.push_back({std::string(capability.name()), ""});
  return names;
}

// Of verbs whose operands are not all of one kind.
Completion operands_of_parts(const Line& line) {
  const std::string_view verb = line.command->name;
  if (line.operands.empty()) return {parts_of(verb), Names::none};
  const std::string& part = line.operands.front();
  if (verb == "unit") return {active_units(line.root), Names::files};
  if (verb == "policy" && part == "explain") {
    if (line.operands.size() > 1) return {capability_names(), Names::none};
    return {active_ids(line.root), Names::files};
  }
  return {{}, Names::files};
}

// One add-on only is what these take.
bool takes_more_ids(const Line& line) {
  const std::string_view verb = line.command->name;
  return line.operands.empty() || (verb != "status" && verb != "rollback");
}

Completion operands_of(const Line& line) {
  if (!parts_of(line.command->name).empty()) return operands_of_parts(line);
  const std::string& operand = line.grammar.operand;
  Completion completion;
  if (operand == "PATH" || operand == "FILE") completion.names = Names::files;
  if (operand == "RULE" && line.operands.empty()) completion.candidates = rules_with_summaries();
  if (operand == "NAME" && line.operands.empty()) {
    for (std::string& name : schema_names()) completion.candidates.push_back({std::move(name), ""});
  }
  if (operand != "ID" || !takes_more_ids(line)) return completion;
  completion.candidates = line.command->name == "remove" ? known_ids(line.root) : active_ids(line.root);
  // Those that are named already are not meant again.
  std::erase_if(completion.candidates, [&](const Candidate& id) {
    return std::find(line.operands.begin(), line.operands.end(), id.word) != line.operands.end();
  });
  return completion;
}

void capitalise(std::string& name) {
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::vector<Candidate> verbs() {
  std::vector<Candidate> verbs;
  for (const Command& command : commands())
    verbs.push_back({std::string(command.name), std::string(command.summary)});
  return verbs;
}

Completion candidates_for(const Line& line, const std::string& word) {
  if (!line.option.empty()) return values_of(line, line.option);
  if (word.starts_with('-') && !line.only_operands) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) return values_of(line, word.substr(0, equals));
    Completion options;
    for (const OptionWord& option : line.grammar.options) options.candidates.push_back({option.name, ""});
    return options;
  }
  if (line.command != nullptr) return operands_of(line);
  return {verbs(), Names::none};
}
}  // namespace

bool asks_for_completion(const std::vector<std::string>& arguments) {
  return arguments.size() >= 2 && arguments[0] == "complete" && arguments[1] == "--";
}

Completion complete(const std::vector<std::string>& words) {
  Line line;
  line.grammar = grammar_of(nullptr);
  for (std::size_t i = 0; i + 1 < words.size(); ++i) read_word(line, words[i]);
  if (line.has_unknown_verb) return {};
  const std::string word = words.empty() ? "" : words.back();
  Completion completion = candidates_for(line, word);
  const std::size_t equals = word.find('=');
  const bool has_value = line.option.empty() && word.starts_with('-') && equals != std::string::npos;
  // Capabilities are written in either case; whoever types capitals gets capitals.
  const bool in_capitals = !word.empty() && std::string_view("CAP").starts_with(word.substr(0, 3));
  for (Candidate& candidate : completion.candidates) {
    if (in_capitals && Capability::from_name(candidate.word)) capitalise(candidate.word);
    if (has_value) candidate.word.insert(0, word, 0, equals + 1);
  }
  std::erase_if(completion.candidates,
                [&](const Candidate& candidate) { return !candidate.word.starts_with(word); });
  return completion;
}

std::string to_lines(const Completion& completion) {
  std::string lines;
  for (const Candidate& candidate : completion.candidates)
    lines += candidate.word + (candidate.meaning.empty() ? "" : "\t" + candidate.meaning) + "\n";
  if (completion.names == Names::files) lines += ":files\n";
  if (completion.names == Names::directories) lines += ":directories\n";
  return lines;
}

}  // namespace addon::cli
