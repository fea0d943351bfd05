#include "unit/exec_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "unit/paths.hpp"
#include "unit/specifiers.hpp"
#include "unit/value_finding.hpp"
#include "unit/words.hpp"

namespace addon::unit {

namespace {
constexpr std::array<std::string_view, 7> exec_keys = {
    "ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"};

bool has(const std::vector<std::string>& prefixes, std::string_view prefix) {
  return std::find(prefixes.begin(), prefixes.end(), prefix) != prefixes.end();
}

// Takes the prefixes off. Each may stand once, and of + ! !! only one; a second '!', wherever it
// stands, makes the first one "!!".
std::vector<std::string> take_prefixes(std::string_view& word) {
  std::vector<std::string> prefixes;
  for (; !word.empty(); word.remove_prefix(1)) {
    const std::string prefix(word.substr(0, 1));
    const auto single = std::find(prefixes.begin(), prefixes.end(), "!");
    if (prefix == "!" && single != prefixes.end()) {
      *single = "!!";
      continue;
    }
    const bool is_privilege = prefix == "+" || prefix == "!";
    const bool has_privilege = has(prefixes, "+") || has(prefixes, "!") || has(prefixes, "!!");
    const bool is_prefix = std::string_view("-@:+!|").find(prefix) != std::string_view::npos;
    if (!is_prefix || has(prefixes, prefix) || (is_privilege && has_privilege)) break;
    prefixes.push_back(prefix);
  }
  return prefixes;
}

// Nothing when systemd would take it for a program.
std::string_view fault_of_program(std::string_view written, const Resolved& resolved) {
  const std::string_view program = resolved.text;
  // What only the host can resolve may well be an absolute path.
  const bool may_be_absolute = !resolved.left.empty() && written.starts_with(resolved.left);
  if (program.empty()) return "has a command without a program";
  if (!is_utf8(program) || has_control_character(program) ||
      program.find_first_of("\"'\\") != std::string_view::npos) {
    return "has a program with quotes, backslashes or control characters in its name";
  }
  if (program.ends_with('/')) return "names a directory for a program";
  const bool is_relative = program.front() != '/' && !may_be_absolute;
  if (program == "." || program == ".." || (is_relative && program.find('/') != std::string_view::npos)) {
    return "has a program that is neither an absolute path nor a mere name";
  }
  return {};
}

class LineParser {
 public:
  LineParser(const Directive& directive, const FullName& name, std::vector<Finding>& findings)
      : directive_(directive),
        name_(name),
        words_(directive.value, Escapes::decode, Quotes::group),
        findings_(findings) {}

  // Those before the first fault, after which systemd reads no further in the line.
  std::vector<ExecCommand> run() {
    WordReader::Status status = words_.next();
    for (; status == WordReader::Status::word; status = words_.next()) {
      if (words_.word() == ";") continue;
      if (!read_command()) return commands_;
    }
    if (status == WordReader::Status::unbalanced) findings_.push_back(unbalanced_finding(directive_));
    if (words_.saw_unknown_escape()) {
      warn("has an escape that systemd does not know; it keeps the backslash", "write \\\\ for a backslash");
    }
    return commands_;
  }

 private:
  bool read_command() {
    ExecCommand command;
    command.directive = directive_.key;
    command.at = directive_.at;
    const std::string word = words_.word();
    std::string_view program = word;
    command.prefixes = take_prefixes(program);
    consequence_ =
        command.has_prefix("-") ? "systemd ignores the command" : "systemd would not load the unit";
    const Resolved resolved = resolve_specifiers(program, name_);
    if (!accept(resolved)) return false;
    command.program = resolved.text;
    if (const std::string_view fault = fault_of_program(program, resolved); !fault.empty()) {
      return refuse(fmt::format("{}; {}", fault, consequence_), "write the program's absolute path");
    }
    command.program = simplify_path(command.program);
    if (!read_arguments(command.arguments)) return false;
    if (command.has_prefix("@") && command.arguments.empty()) {
      return refuse(fmt::format("has the prefix @ but no name to run the program under; {}", consequence_),
                    "write that name behind the program, or leave the @ out");
    }
    if (command.has_prefix("|"))
      warn("has the prefix |, with which systemd 252 would not load the unit", "leave the | out");
    commands_.push_back(std::move(command));
    return true;
  }

  // Up to the ';' that ends the command, which is only one when it stands alone and unquoted.
  bool read_arguments(std::vector<std::string>& arguments) {
    while (!words_.rest().empty()) {
      if (starts_with_word(";")) {
        words_.skip(1);
        return true;
      }
      if (starts_with_word("\\;")) {
        words_.skip(2);
        arguments.emplace_back(";");
        continue;
      }
      if (words_.next() == WordReader::Status::unbalanced) {
        findings_.push_back(unbalanced_finding(directive_));
        return false;
      }
      if (!is_utf8(words_.word()))
        return refuse("has an argument whose escapes do not make UTF-8", "correct the escapes");
      const Resolved resolved = resolve_specifiers(words_.word(), name_);
      if (!accept(resolved)) return false;
      arguments.push_back(resolved.text);
    }
    return true;
  }

  bool accept(const Resolved& resolved) {
    if (resolved.refused.empty()) return true;
    return refuse(fmt::format("has the unknown specifier {}; {}", resolved.refused, consequence_),
                  fmt::format("write %{} for the text {}", resolved.refused, resolved.refused));
  }

  bool starts_with_word(std::string_view word) const {
    const std::string_view rest = words_.rest();
    if (!rest.starts_with(word)) return false;
    return rest.size() == word.size() || blanks.find(rest[word.size()]) != std::string_view::npos;
  }

  bool refuse(std::string_view why, std::string fix) {
    findings_.push_back(value_finding(directive_, why, std::move(fix)));
    return false;
  }

  void warn(std::string_view why, std::string fix) {
    findings_.push_back(value_finding(directive_, why, std::move(fix)));
    findings_.back().severity = Severity::warning;
  }

  const Directive& directive_;
  const FullName& name_;
  WordReader words_;
  std::string_view consequence_;  ///< of a fault in the command that is being read
  std::vector<Finding>& findings_;
  std::vector<ExecCommand> commands_;
};
}  // namespace

bool ExecCommand::has_prefix(std::string_view prefix) const { return has(prefixes, prefix); }

std::vector<ExecCommand> read_exec_lines(const UnitFile& unit, const FullName& name, const Switches& switches,
                                         std::vector<Finding>& findings) {
  std::vector<ExecCommand> commands;
  for (const Directive& directive : unit.directives) {
    if (directive.section != "Service") continue;
    if (std::find(exec_keys.begin(), exec_keys.end(), directive.key) == exec_keys.end()) continue;
    if (directive.value.empty()) {
      std::erase_if(commands, [&](const ExecCommand& command) { return command.directive == directive.key; });
      continue;
    }
    for (ExecCommand& command : LineParser(directive, name, findings).run())
      commands.push_back(std::move(command));
  }
  if (turned_on_by(switches, "PermissionsStartOnly") != nullptr) {
    for (ExecCommand& command : commands) {
      if (command.directive != "ExecStart" && !command.has_prefix("+")) command.prefixes.emplace_back("+");
    }
  }
  return commands;
}

}  // namespace addon::unit
