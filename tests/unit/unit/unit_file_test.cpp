#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

namespace {
struct Expected {
  std::string section, key, value;
  int line = 0;
  int column = 0;
};

void check_reads(std::string_view text, const std::vector<Expected>& expected, const Lines& findings = {}) {
  const ParsedUnit parsed = parse_unit(text, "u");
  CHECK(shown(parsed.findings) == findings);
  REQUIRE(parsed.unit.directives.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Directive& directive = parsed.unit.directives[i];
    CHECK(directive.section == expected[i].section);
    CHECK(directive.key == expected[i].key);
    CHECK(directive.value == expected[i].value);
    CHECK(directive.at == SourceSpan{"u", expected[i].line, expected[i].column});
  }
}
}  // namespace

TEST_CASE("a unit is read in order, with blanks around keys and values gone") {
  check_reads("[Unit]\n  Description = A  b \n\n[Service]\n\tUser=\nUser==x=y",
              {{"Unit", "Description", "A  b", 2, 3},
               {"Service", "User", "", 5, 2},
               {"Service", "User", "=x=y", 6, 1}});
}

TEST_CASE("an empty text is an empty unit") {
  check_reads("", {});
  check_reads("\n\n", {});
}

TEST_CASE("comments start with # or ;, after blanks too, and a backslash at their end means nothing") {
  check_reads("# a\n;b=c\n[S]\n  # x=y \\\nk=v # not one\n", {{"S", "k", "v # not one", 5, 1}});
}

TEST_CASE("a backslash at the end of a line joins it with the next by a blank") {
  check_reads("[S]\nk=a\\\nb\\\n  c\nl=d", {{"S", "k", "a b   c", 2, 1}, {"S", "l", "d", 5, 1}});
}

TEST_CASE("comments between continued lines are skipped and the continuation goes on") {
  check_reads("[S]\nk=a \\\n# User=root\n  ; more \\\n b\nl=c",
              {{"S", "k", "a   b", 2, 1}, {"S", "l", "c", 6, 1}});
}

TEST_CASE("an empty line ends a continuation") {
  check_reads("[S]\nk=a \\\n\nl=b", {{"S", "k", "a", 2, 1}, {"S", "l", "b", 4, 1}});
}

TEST_CASE("an even number of backslashes does not continue a line, nor does one before a blank") {
  check_reads("[S]\nk=a\\\\\nl=b\\ \nm=c\\\\\\\nd",
              {{"S", "k", "a\\\\", 2, 1}, {"S", "l", "b\\", 3, 1}, {"S", "m", "c\\\\ d", 4, 1}});
}

TEST_CASE("a continuation at the end of the text is read") {
  check_reads("[S]\nk=a \\", {{"S", "k", "a", 2, 1}});
}

TEST_CASE("a key is where it stands, even when its line begins with continued blanks") {
  check_reads("\\\n[S]\n\\\n  \\\n  k=a", {{"S", "k", "a", 5, 3}});
}

TEST_CASE("CRLF ends a line like LF") {
  check_reads("[S]\r\nk=a\\\r\nb\r\nl=c\r\n", {{"S", "k", "a b", 2, 1}, {"S", "l", "c", 4, 1}});
}

TEST_CASE("a byte order mark is passed over") {
  check_reads("\xef\xbb\xbf[S]\nk=a", {{"S", "k", "a", 2, 1}});
  check_reads("[S]\n\xef\xbb\xbfk=a", {{"S", "k", "a", 2, 1}});
}

TEST_CASE("columns count code points") { check_reads("[S]\n\\\n\t k=\u00e9", {{"S", "k", "\u00e9", 3, 3}}); }

TEST_CASE("a section goes by its exact name, known or not") {
  check_reads("[ Service ]\nk=a\n[X-Site]\nl=b\n[]\nm=c",
              {{" Service ", "k", "a", 2, 1}, {"X-Site", "l", "b", 4, 1}, {"", "m", "c", 6, 1}});
}

TEST_CASE("a carriage return or null byte alone hides a line from the eye, not from systemd") {
  check_reads("[S]\nk=a\rl=b\n", {{"S", "k", "a", 2, 1}, {"S", "l", "b", 3, 1}},
              {"unit-encoding u:2:4: this line has a carriage return without a line feed, which ends it for "
               "systemd: what "
               "follows is a line of its own"});
  check_reads(std::string_view("[S]\n# x\0l=b\n", 12), {{"S", "l", "b", 3, 1}},
              {"unit-encoding u:2:4: this line has a null byte, which ends it for systemd: what follows is a "
               "line of its own"});
}

TEST_CASE("control characters are found where they stand, tabs aside") {
  check_reads("[S]\nk=a\x01z\tb\n", {{"S", "k", "a\x01z\tb", 2, 1}},
              {"unit-encoding u:2:4: this line has the control character \"\\x01\""});
  check_reads("[S]\nk=\\\n \x7f\n", {{"S", "k", "\x7f", 2, 1}},
              {"unit-encoding u:3:2: this line has the control character \"\\x7f\""});
}

TEST_CASE("a line that is not UTF-8, or has a noncharacter, is not read") {
  const Lines finding = {"unit-encoding u:2:1: this line is not UTF-8; systemd would not load the unit"};
  check_reads("[S]\nk=\xe9\nl=b", {{"S", "l", "b", 3, 1}}, finding);
  check_reads("[S]\nk=\xef\xb7\x90\nl=b", {{"S", "l", "b", 3, 1}}, finding);
  check_reads("[S]\nk=\xf0\x9f\xbf\xbe\nl=b", {{"S", "l", "b", 3, 1}}, finding);
  check_reads("[S]\nk=\u1ffe\u007e\U0001f600", {{"S", "k", "\u1ffe\u007e\U0001f600", 2, 1}});
  check_reads("# \xe9 is a comment only\n[S]\nk=a", {{"S", "k", "a", 3, 1}});
}

TEST_CASE("lines that systemd would skip are findings") {
  check_reads("[S]\nnonsense\n = x\nk=a", {{"S", "k", "a", 4, 1}},
              {"unit-syntax u:2:1: \"nonsense\" has no '='; systemd ignores the line",
               "unit-syntax u:3:2: \"= x\" has nothing before its '='; systemd ignores the line"});
}

TEST_CASE("what stands before the first section is one finding") {
  check_reads("User=root\nGroup=root\n[S]\nk=a", {{"S", "k", "a", 4, 1}},
              {"unit-syntax u:1:1: \"User=root\" stands before the first section; systemd ignores it"});
}

TEST_CASE("a broken section header is one finding, and what follows belongs to the section that was meant") {
  check_reads("[S] # x\nk=a", {{"S", "k", "a", 2, 1}},
              {"unit-syntax u:1:1: the section header \"[S] # x\" does not end with ']'; systemd would not "
               "load the unit"});
  check_reads("[S\nk=a", {{"S", "k", "a", 2, 1}},
              {"unit-syntax u:1:1: the section header \"[S\" does not end with ']'; systemd would not load "
               "the unit"});
  check_reads(
      "[\nk=a", {{"", "k", "a", 2, 1}},
      {"unit-syntax u:1:1: the section header \"[\" does not end with ']'; systemd would not load the unit"});
}

TEST_CASE("a line of 1 MiB is a finding, however it comes to be that long") {
  const std::string finding = "this line is 1 MiB long or longer; systemd would not load the unit";
  const std::string almost(std::size_t{1} << 20U, 'x');
  check_reads("[S]\nk=" + almost + "\nl=b", {{"S", "l", "b", 3, 1}}, {"unit-syntax u:2:1: " + finding});
  const std::string half = almost.substr(almost.size() / 2);
  check_reads("[S]\nk=" + half + "\\\n" + half + "\nl=b", {{"S", "l", "b", 4, 1}},
              {"unit-syntax u:2:1: " + finding});
  CHECK(parse_unit("[S]\nk=" + almost.substr(10), "u").findings.empty());
}

TEST_CASE("all() and last() find assignments by section and key, case and all") {
  const UnitFile unit = parse_unit("[A]\nk=1\nK=2\n[B]\nk=3\n[A]\nk=4\n", "u").unit;
  REQUIRE(unit.all("A", "k").size() == 2);
  CHECK(unit.all("A", "k")[0]->value == "1");
  CHECK(unit.last("A", "k")->value == "4");
  CHECK(unit.last("B", "k")->value == "3");
  CHECK(unit.last("a", "k") == nullptr);
  CHECK(unit.all("C", "k").empty());
}
