#include "cli/parse.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "cli/help.hpp"
#include "cli/terminal.hpp"

namespace addon::cli {

namespace {
struct Line {
  GlobalOptions options;
  Parsed parsed;
};

Line read(const std::vector<std::string>& arguments) {
  Line line;
  line.parsed = parse(arguments, line.options);
  return line;
}

std::string message_of(const Line& line) {
  const auto* misuse = std::get_if<Misuse>(&line.parsed);
  return misuse == nullptr ? "" : misuse->message;
}

const Invocation& invocation_of(const Line& line) {
  INFO(message_of(line));
  REQUIRE(std::holds_alternative<Invocation>(line.parsed));
  return std::get<Invocation>(line.parsed);
}
}  // namespace

TEST_CASE("global options stand before or after the verb") {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--root", "/x", "--format", "json", "-v", "status", "probe"},
           {"status", "--root", "/x", "probe", "--format", "json", "-v"},
           {"status", "--root=/x", "--format=json", "--verbose", "probe"}}) {
    const Line line = read(arguments);
    CHECK(invocation_of(line).command->name == "status");
    CHECK(invocation_of(line).arguments.operands == std::vector<std::string>{"probe"});
    CHECK(line.options.root == "/x");
    CHECK(line.options.format == Format::json);
    CHECK(line.options.verbosity == Verbosity::verbose);
  }
}

TEST_CASE("an operand that is called like a verb stays an operand") {
  const Line line = read({"remove", "status", "plan"});
  CHECK(invocation_of(line).command->name == "remove");
  CHECK(invocation_of(line).arguments.operands == std::vector<std::string>{"status", "plan"});
}

TEST_CASE("--policy takes one file each time, and what follows is an operand") {
  const Line line = read({"lint", "--policy", "a.yaml", "probe", "--policy", "b.yaml", "other"});
  CHECK(line.options.policy_files == std::vector<std::string>{"a.yaml", "b.yaml"});
  CHECK(invocation_of(line).arguments.operands == std::vector<std::string>{"probe", "other"});
}

TEST_CASE("verbs that change the host take no other policy than the host's own") {
  for (const std::string verb : {"apply", "rollback", "remove", "show", "status", "diff"}) {
    CHECK(message_of(read({verb, "--policy", "generous.yaml", "x"})) ==
          "--policy serves lint, plan and policy only; " + verb + " goes by the host's own policy, if any");
  }
}

TEST_CASE("nobody consents unless they said so") {
  CHECK(invocation_of(read({"apply", "probe"})).arguments.consent == Consent::ask);
  CHECK(invocation_of(read({"apply", "probe", "--yes"})).arguments.consent == Consent::given);
  CHECK(message_of(read({"apply", "probe", "--yes=false"})) == "--yes takes no value");
  CHECK(message_of(read({"plan", "--yes"})) == "unknown option \"--yes\"");
}

TEST_CASE("what stands after -- is an operand") {
  CHECK(invocation_of(read({"lint", "--", "-q"})).arguments.operands == std::vector<std::string>{"-q"});
}

TEST_CASE("a generation is a number") {
  CHECK(invocation_of(read({"rollback", "--to", "3"})).arguments.to == 3);
  CHECK(invocation_of(read({"rollback", "--to", "0"})).arguments.to == 0);
  CHECK_FALSE(invocation_of(read({"rollback"})).arguments.to);
  for (const std::string text : {"-1", "1x", "18446744073709551616", " 1", ""}) {
    INFO(text);
    CHECK_FALSE(parse_number("--to takes the number of a generation", text));
  }
}

TEST_CASE("help and version come before what else is wrong") {
  CHECK(std::holds_alternative<HelpWanted>(read({"--help"}).parsed));
  CHECK(std::get<HelpWanted>(read({"apply", "-h"}).parsed).command->name == "apply");
  CHECK(std::holds_alternative<VersionWanted>(read({"--version"}).parsed));
}

TEST_CASE("a wrong command line still says in which format it is to be answered") {
  CHECK(read({"frobnicate", "--format", "json"}).options.format == Format::json);
  CHECK(read({"lint", "--format=json", "--nonsense"}).options.format == Format::json);
  CHECK(read({"lint", "--", "--format=json"}).options.format == Format::text);
}

TEST_CASE("each verb's help names every option that the verb takes") {
  for (const Command& command : commands()) {
    CLI::App app;
    app.set_help_flag();
    Arguments arguments;
    command.declare(app, arguments);
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        INFO(command.name << " --" << name);
        CHECK(command.help.find("--" + name) != std::string_view::npos);
      }
    }
  }
}

TEST_CASE("no line of a help text passes 80 columns") {
  std::vector<const Command*> all = {nullptr};
  for (const Command& command : commands()) all.push_back(&command);
  for (const Command* command : all) {
    std::istringstream text(help_text(command));
    for (std::string line; std::getline(text, line);) {
      INFO(line);
      CHECK(width(line) <= 80);
    }
  }
}

}  // namespace addon::cli
