#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

namespace {
// A oneshot, so that there may be any number of commands. The lines given start at line 3.
Analysis analyze_commands(std::string_view lines) {
  return analyze_text("[Service]\nType=oneshot\n" + std::string(lines) + "\nRemainAfterExit=yes\n");
}

// "DIRECTIVE [PREFIX…] PROGRAM <ARGUMENT>…"
Lines commands(std::string_view lines) {
  Lines shown_commands;
  for (const ExecCommand& command : analyze_commands(lines).privileges.exec) {
    std::string text = command.directive + " ";
    for (const std::string& prefix : command.prefixes) text += prefix + " ";
    text += command.program;
    for (const std::string& argument : command.arguments) text += " <" + argument + ">";
    shown_commands.push_back(text);
  }
  return shown_commands;
}

Lines command_findings(std::string_view lines) { return shown(analyze_commands(lines).findings); }
}  // namespace

TEST_CASE("the commands of all seven directives are read, in the unit's order") {
  CHECK(commands(
            "ExecStopPost=/g\nExecStop=/f\nExecReload=/e\nExecStartPost=/d\nExecStart=/c\nExecStartPre=/b\n"
            "ExecCondition=/a\nExecStart=/h x\nExecStarts=/no") ==
        Lines{"ExecStopPost /g", "ExecStop /f", "ExecReload /e", "ExecStartPost /d", "ExecStart /c",
              "ExecStartPre /b", "ExecCondition /a", "ExecStart /h <x>"});
}

TEST_CASE("a command knows its line") {
  const Privileges privileges = analyze_commands("ExecStart=/a \\\n  b ; /c\n  ExecStop=/d").privileges;
  REQUIRE(privileges.exec.size() == 3);
  CHECK(privileges.exec[0].at == SourceSpan{"probe.service", 3, 1});
  CHECK(privileges.exec[1].at == SourceSpan{"probe.service", 3, 1});
  CHECK(privileges.exec[2].at == SourceSpan{"probe.service", 5, 3});
}

TEST_CASE("an empty assignment resets its own directive only") {
  CHECK(commands("ExecStartPre=/p\nExecStart=/a\nExecStart=\nExecStart=/b") ==
        Lines{"ExecStartPre /p", "ExecStart /b"});
}

TEST_CASE("prefixes are taken in any order, each once") {
  CHECK(commands("ExecStart=-@:+/a b\nExecStart=!/c\nExecStart=!!/d\nExecStart=:!-/e") ==
        Lines{"ExecStart - @ : + /a <b>", "ExecStart ! /c", "ExecStart !! /d", "ExecStart : ! - /e"});
  const Analysis analysis = analyze_commands("ExecStart=+/a");
  CHECK(analysis.privileges.exec.at(0).has_prefix("+"));
  CHECK_FALSE(analysis.privileges.exec.at(0).has_prefix("!"));
}

TEST_CASE("two exclamation marks are one prefix, even apart") {
  CHECK(commands("ExecStart=!-!/a") == Lines{"ExecStart !! - /a"});
}

TEST_CASE("a prefix may be quoted or escaped like any text") {
  CHECK(commands("ExecStart=\"+/a b\" c\nExecStart=\\x2b/d") ==
        Lines{"ExecStart + /a b <c>", "ExecStart + /d"});
}

TEST_CASE("the prefix | is one, with a warning that systemd 252 does not know it") {
  CHECK(commands("ExecStart=|/a") == Lines{"ExecStart | /a"});
  const Analysis analysis = analyze_commands("ExecStart=|/a");
  CHECK(shown(analysis.findings) ==
        Lines{"unit-value probe.service:3:1: ExecStart=\"|/a\" has the prefix |, with which "
              "systemd 252 would not load the unit; leave the | out"});
  CHECK_FALSE(has_errors(analysis.findings));
}

TEST_CASE("a lone unquoted semicolon separates commands, each with prefixes of its own") {
  CHECK(commands("ExecStart=/a b ; +/c d ; -@/e f g") ==
        Lines{"ExecStart /a <b>", "ExecStart + /c <d>", "ExecStart - @ /e <f> <g>"});
  CHECK(commands("ExecStart=; /a ; ; /b ;") == Lines{"ExecStart /a", "ExecStart /b"});
  CHECK(commands(R"(ExecStart=/a \; ";" ';' x;y ;z)") == Lines{"ExecStart /a <;> <;> <;> <x;y> <;z>"});
}

TEST_CASE("quotes and escapes in commands are resolved") {
  CHECK(commands(R"(ExecStart="/a b" "c d" 'e "f' g"h i" \x41\s "")") ==
        Lines{"ExecStart /a b <c d> <e \"f> <gh i> <A > <>"});
}

TEST_CASE("specifiers are resolved, and variables stay as they are written") {
  CHECK(commands("ExecStart=%h/bin/a %n ${X} $Y %%F 5% %") ==
        Lines{"ExecStart /root/bin/a <probe.service> <${X}> <$Y> <%F> <5%> <%>"});
  CHECK(command_findings("ExecStart=%h/bin/a %n ${X} $Y %%F 5% %").empty());
}

TEST_CASE("a program without a slash is looked up in a path, so it is one") {
  CHECK(commands("ExecStart=true x") == Lines{"ExecStart true <x>"});
}

TEST_CASE("an unknown escape keeps its backslash and is a warning") {
  CHECK(commands(R"(ExecStart=/a s/\./x/)") == Lines{R"(ExecStart /a <s/\./x/>)"});
  const Analysis analysis = analyze_commands(R"(ExecStart=/a s/\./x/)");
  CHECK(
      shown(analysis.findings) ==
      Lines{
          R"(unit-value probe.service:3:1: ExecStart="/a s/\\./x/" has an escape that systemd does not know; it keeps )"
          R"(the backslash; write \\ for a backslash)"});
  CHECK_FALSE(has_errors(analysis.findings));
}

TEST_CASE("a command that systemd would not load is one finding, and those before it stay") {
  const auto check = [](const std::string& value, const std::string& why) {
    INFO(value);
    CHECK(command_findings("ExecStart=" + value) == Lines{"unit-value probe.service:3:1: ExecStart=" + why});
  };
  const std::string path = "; systemd would not load the unit; write the program's absolute path";
  const std::string ignored = "; systemd ignores the command; write the program's absolute path";
  check("-", "\"-\" has a command without a program" + ignored);
  check("\"\" x", "\"\\\"\\\" x\" has a command without a program" + path);
  check("bin/a", "\"bin/a\" has a program that is neither an absolute path nor a mere name" + path);
  check("..", "\"..\" has a program that is neither an absolute path nor a mere name" + path);
  check("+!/a", "\"+!/a\" has a program that is neither an absolute path nor a mere name" + path);
  check("--/a", "\"--/a\" has a program that is neither an absolute path nor a mere name" + ignored);
  check("/bin/", "\"/bin/\" names a directory for a program" + path);
  check("/a\\tb",
        "\"/a\\\\tb\" has a program with quotes, backslashes or control characters in its name" + path);
  check("@/a",
        "\"@/a\" has the prefix @ but no name to run the program under; systemd would not load the unit; "
        "write that "
        "name behind the program, or leave the @ out");
  check(
      "/a +%F",
      "\"/a +%F\" has the unknown specifier %F; systemd would not load the unit; write %%F for the text %F");
  check("/a \\xff", "\"/a \\\\xff\" has an argument whose escapes do not make UTF-8; correct the escapes");
  check("/a \"b",
        "\"/a \\\"b\" has a quote that is not closed, or ends with a backslash; close the quote, or write "
        "\\\\ for "
        "a backslash");
  CHECK(commands("ExecStart=/a ; /b \"c") == Lines{"ExecStart /a"});
}

TEST_CASE("PermissionsStartOnly= lets every command but ExecStart= run with full privileges") {
  const std::string lines =
      "User=nobody\nExecStartPre=/a\nExecStart=/b\nExecStop=-/c\nExecReload=+/d\nExecCondition=!/"
      "e\nPermissionsStartOnly=";
  CHECK(commands(lines + "yes") == Lines{"ExecStartPre + /a", "ExecStart /b", "ExecStop - + /c",
                                         "ExecReload + /d", "ExecCondition ! + /e"});
  CHECK(commands(lines + "no").front() == "ExecStartPre /a");
}

TEST_CASE("the program behind a specifier is the one that runs") {
  CHECK(commands("ExecStart=%S/evil/%p") == Lines{"ExecStart /var/lib/evil/probe"});
  CHECK(commands("ExecStart=%%S/x") == Lines{});
  CHECK(commands("ExecStart=/opt//a/./%N/../x") == Lines{"ExecStart /opt/a/probe/../x"});
  CHECK(commands("ExecStart=%h") == Lines{"ExecStart /root"});
}

TEST_CASE("what only a host can resolve stays in a command") {
  CHECK(commands("ExecStart=/bin/%H %m") == Lines{"ExecStart /bin/%H <%m>"});
}

TEST_CASE("the prefix : keeps variables from being resolved, and the program is behind it") {
  CHECK(commands("ExecStart=:/bin/sh -c 'id $X'") == Lines{"ExecStart : /bin/sh <-c> <id $X>"});
  CHECK(commands("ExecStart=:+/bin/evil") == Lines{"ExecStart : + /bin/evil"});
}

TEST_CASE("what a shell is told to run is one argument, semicolons included") {
  CHECK(commands("ExecStart=/bin/sh -c 'exec /bin/a; /bin/b ; /bin/c'") ==
        Lines{"ExecStart /bin/sh <-c> <exec /bin/a; /bin/b ; /bin/c>"});
}

TEST_CASE("a comment inside a continued command hides nothing and adds nothing") {
  CHECK(commands("ExecStart=/bin/a \\\n# ; +/bin/no\n  ; also no \\\n  b \\\n  ; +/bin/c\n  d") ==
        Lines{"ExecStart /bin/a <b> <d>"});
  CHECK(commands("ExecStart=/bin/a \\\n# comment\n b ; +/bin/c") ==
        Lines{"ExecStart /bin/a <b>", "ExecStart + /bin/c"});
}
