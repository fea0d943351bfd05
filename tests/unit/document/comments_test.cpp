#include "document/comments.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

using namespace addon::document;
using Lines = std::vector<std::string>;

namespace {
// "LINE:COLUMN TEXT", with a '|' before the text of those that share their line.
Lines comments(std::string_view text) {
  Lines lines;
  for (const Comment& comment : comments_of(text))
    lines.push_back(fmt::format("{}:{} {}{}", comment.at.line, comment.at.column, comment.alone ? "" : "| ",
                                comment.text));
  return lines;
}
}  // namespace

TEST_CASE("a comment knows its place and whether it stands alone") {
  CHECK(comments("# one\na: b # two\n  #three  \nc: d\n#") ==
        Lines{"1:1 one", "2:6 | two", "3:3 three", "5:1 "});
  CHECK(comments("a: ä€😀 # x\n") == Lines{"1:8 | x"});
  CHECK(comments("\xef\xbb\xbf# x\na: b # y\n") == Lines{"1:1 x", "2:6 | y"});
  CHECK(comments("a: b # x\r\nc: d # y\r\n") == Lines{"1:6 | x", "2:6 | y"});
  CHECK(comments("a: b # x\rc: d # y\r\r# z") == Lines{"1:6 | x", "2:6 | y", "4:1 z"});
}

TEST_CASE("a '#' within a scalar begins no comment") {
  CHECK(comments("a: b#c\n").empty());
  CHECK(comments("a: \"b # c\" # d\n") == Lines{"1:12 | d"});
  CHECK(comments("a: 'b\n  # c'\nd: e # f\n") == Lines{"3:6 | f"});
  CHECK(comments("a: |\n  # b\n  c # d\n# e\nf: >-\n  # g\n") == Lines{"4:1 e"});
  CHECK(comments("\"a # b\": [c, 'd # e'] # f\n") == Lines{"1:23 | f"});
}

TEST_CASE("of a text that is no YAML the comments before its mistake are known") {
  CHECK(comments("# a\nb: c\n  d: e: f\n# g\n").front() == "1:1 a");
  CHECK(comments("# a\xff\n").empty());
  CHECK(comments(std::string(std::size_t{1} << 21, '#')).empty());
  CHECK(comments("").empty());
}
