#include "cli/terminal.hpp"

#include <catch2/catch.hpp>

namespace addon::cli {

TEST_CASE("text for one line keeps quotes, backslashes and letters of any script") {
  CHECK(one_line(R"(exec: "a\b" äöü 漢)") == R"(exec: "a\b" äöü 漢)");
}

TEST_CASE("text for one line lets nothing through that steers a terminal") {
  CHECK(one_line("a\x1b[2Jb") == "a?[2Jb");
  CHECK(one_line("a\nb\rc\td") == "a?b?c d");
  CHECK(one_line("a\xff"
                 "b\xc3") == "a?b?");
  CHECK(one_line("a\xe2\x80\xae"
                 "b") == "a?b");  // U+202E, right-to-left override
  CHECK(one_line("a\x7f"
                 "b") == "a?b");
}

TEST_CASE("width counts code points") {
  CHECK(width("") == 0);
  CHECK(width("äb漢") == 3);
}

TEST_CASE("lines are broken at blanks before the column is passed") {
  CHECK(wrap("one two three", 80, 2, 0) == "one two three");
  CHECK(wrap("one two three", 7, 2, 0) == "one two\n  three");
  CHECK(wrap("one two three", 7, 2, 4) == "one\n  two\n  three");
  CHECK(wrap("a-very-long-word b", 4, 1, 0) == "a-very-long-word\n b");
  CHECK(wrap("", 4, 1, 0).empty());
}

TEST_CASE("columns of a table are as wide as their widest cell, and no line ends in a blank") {
  CHECK(table({{"ID", "VERSION", "UNITS"}, {"packet-probe", "1.0.0", ""}}) ==
        "ID            VERSION  UNITS\n"
        "packet-probe  1.0.0\n");
}

TEST_CASE("a palette colours, or changes nothing") {
  CHECK(Palette(Palette::Use::none)(Paint::red, "x") == "x");
  CHECK(Palette(Palette::Use::colours)(Paint::red, "x") == "\x1b[31mx\x1b[0m");
  CHECK(Palette(Palette::Use::colours)(Paint::plain, "x") == "x");
}

TEST_CASE("colours are used where they were asked for, whatever stdout is") {
  CHECK(palette_for(ColourMode::always, 0)(Paint::bold, "x") == "\x1b[1mx\x1b[0m");
  CHECK(palette_for(ColourMode::never, 0)(Paint::bold, "x") == "x");
}

TEST_CASE("what is no terminal gets no colours by itself") {
  CHECK(palette_for(ColourMode::automatic, shows_colours(-1))(Paint::bold, "x") == "x");
}

TEST_CASE("a table keeps to the screen by breaking its last column") {
  const std::string words =
      "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
  CHECK(wrapped_table({{"ID", "WHAT"}, {"a", words}}) ==
        "ID  WHAT\n"
        "a   one two three four five six seven eight nine ten eleven twelve thirteen\n"
        "    fourteen\n");
  // A word that is too long for the column has the line beneath for itself.
  const std::string name(78, 'x');
  CHECK(wrapped_table({{"ID", "WHAT"}, {"a", "added " + name}}) ==
        "ID  WHAT\na\n        added\n        " + name + "\n");
  // Nothing is broken where there is next to no room.
  CHECK(wrapped_table({{std::string(70, 'y'), "a b"}}) == std::string(70, 'y') + "  a b\n");
}

}  // namespace addon::cli
