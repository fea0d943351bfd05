#include "document/yaml.hpp"

#include <catch2/catch.hpp>

#include "refusals.hpp"

using namespace addon;
using namespace addon::document;
using Lines = std::vector<std::string>;

TEST_CASE("every value and key knows its line and column") {
  const Document document =
      parsed("# head\nname: probe\nexec:\n  args: [a, 'b']\n  \"list\":\n    - x\n    -  y\n");
  const Node& root = document.root;
  CHECK(document.span(root) == SourceSpan{"t.yaml", 2, 1});
  CHECK(document.span(*root.find("name")) == SourceSpan{"t.yaml", 2, 7});
  const Node& exec = *root.find("exec");
  CHECK(document.span(exec.find_member("args")->key_at) == SourceSpan{"t.yaml", 4, 3});
  CHECK(document.span(exec.find("args")->items[1]) == SourceSpan{"t.yaml", 4, 13});
  CHECK(document.span(exec.find_member("list")->key_at) == SourceSpan{"t.yaml", 5, 3});
  CHECK(document.span(exec.find("list")->items[1]) == SourceSpan{"t.yaml", 7, 8});
}

TEST_CASE("columns count characters, not bytes") {
  CHECK(parsed("{ä€😀: b}").root.members[0].value.at.column == 7);
}

TEST_CASE("members stand in the order of the document") {
  const Document document = parsed("b: 1\na: 2\nc: 3\n");
  REQUIRE(document.root.members.size() == 3);
  CHECK(document.root.members[0].key == "b");
  CHECK(document.root.members[1].key == "a");
  CHECK(document.root.members[2].key == "c");
}

TEST_CASE("scalars keep what was written, after folding and unescaping") {
  const Document document = parsed("a: 1.10\nb: \"x\\ty\"\nc: >-\n  one\n  two\nd: 'no'\ne: no\n");
  CHECK(document.root.find("a")->type == NodeType::number);
  CHECK(document.root.find("a")->text == "1.10");
  CHECK(document.root.find("b")->text == "x\ty");
  CHECK(document.root.find("c")->text == "one two");
  CHECK_FALSE(document.root.find("d")->plain);
  CHECK(document.root.find("e")->plain);
  CHECK(document.root.find("e")->is_string());
}

TEST_CASE("a UTF-8 byte-order mark is no part of the text") {
  const Document document = parsed("\xef\xbb\xbfname: x");
  CHECK(document.root.members[0].key == "name");
  CHECK(document.root.members[0].key_at.column == 1);
}

TEST_CASE("one document may have its markers") {
  CHECK(parsed("%YAML 1.2\n---\na: 1\n...\n").root.find("a") != nullptr);
}

TEST_CASE("core tags type a scalar and collections") {
  const Document document =
      parsed("a: !!str 1\nb: !!int \"7\"\nc: ! 5\nd: !!map {x: !!seq []}\ne: !!float 2\n");
  CHECK(document.root.find("a")->type == NodeType::string);
  CHECK(document.root.find("b")->as_integer() == 7);
  CHECK(document.root.find("c")->type == NodeType::string);
  CHECK(document.root.find("d")->find("x")->type == NodeType::sequence);
  CHECK(document.root.find("e")->type == NodeType::number);
}

TEST_CASE("refused documents say where and why") {
  CHECK(refusals("") ==
        Lines{"1:1 document-multiple: the document is empty | write a mapping of keys and values"});
  CHECK(refusals("# nothing\n") ==
        Lines{"1:1 document-multiple: the document is empty | write a mapping of keys and values"});
  CHECK(refusals("---\n...\n") ==
        Lines{"1:1 document-multiple: the document is empty | write a mapping of keys and values"});
  CHECK(refusals("a: 1\n---\nb: 2\n") == Lines{"2:1 document-multiple: a second document starts here; only "
                                               "one may stand in a file | put each document "
                                               "in a file of its own"});
  CHECK(refusals("a: &x 1\n") ==
        Lines{"1:4 document-alias: the anchor &x may not stand here | write the value out "
              "where it is needed"});
  CHECK(refusals("a: &x [1]\n") ==
        Lines{"1:4 document-alias: the anchor &x may not stand here | write the value out "
              "where it is needed"});
  CHECK(refusals("a: *x\n") ==
        Lines{"1:4 document-alias: the alias *x may not stand here | write the value out where "
              "it is needed"});
  CHECK(refusals("a: !include x\n") ==
        Lines{"1:4 document-tag: the tag \"!include\" may not stand here | remove the tag"});
  CHECK(refusals("a: !!binary aGk=\n") ==
        Lines{"1:4 document-tag: the tag \"tag:yaml.org,2002:binary\" may not stand here | remove the tag"});
  CHECK(refusals("a: !!int x\n") ==
        Lines{"1:4 document-tag: \"x\" is no value of the tag !!int | remove the tag or correct the value"});
  CHECK(refusals("a: !!seq {}\n") ==
        Lines{"1:4 document-tag: the tag \"tag:yaml.org,2002:seq\" may not stand here | remove the tag"});
}

TEST_CASE("keys are strings") {
  CHECK(refusals("1: a\n") ==
        Lines{"1:1 document-key-type: a key must be a string, not \"1\" | put the key in quotes"});
  CHECK(refusals("a:\n  true: b\n") ==
        Lines{"2:3 document-key-type: a key must be a string, not \"true\" | put the key in quotes"});
  CHECK(refusals("null: b\n") ==
        Lines{"1:1 document-key-type: a key must be a string, not \"null\" | put the key in quotes"});
  CHECK(refusals("? \n: b\n") ==
        Lines{"1:2 document-key-type: a key must be a string, not an empty key | put the key in quotes"});
  CHECK(refusals("? [a]\n: b\n") == Lines{"1:3 document-key-type: a key must be a string, not a list or "
                                          "mapping | use a plain word as the key"});
  CHECK(refusals("{{a: b}: c}\n") == Lines{"1:2 document-key-type: a key must be a string, not a list or "
                                           "mapping | use a plain word as the key"});
  CHECK(parsed("\"1\": a\n").root.find("1") != nullptr);
}

TEST_CASE("every duplicate key is named with the line of the first") {
  CHECK(refusals("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n\"a\": 4\n") ==
        Lines{"4:3 document-duplicate-key: the key \"c\" is already on line 3 | keep one of the two",
              "5:1 document-duplicate-key: the key \"a\" is already on line 1 | keep one of the two",
              "6:1 document-duplicate-key: the key \"a\" is already on line 1 | keep one of the two"});
}

TEST_CASE("syntax errors end the parse at the first") {
  CHECK(refusals("a: [1, 2\nb: 3\n") ==
        Lines{"2:2 document-syntax: not valid YAML: did not find expected ',' or ']' while parsing a flow "
              "sequence that "
              "starts at line 1, column 4 | correct the syntax here or just before"});
  CHECK(refusals("a:\n\tb: 1\n") ==
        Lines{"2:1 document-syntax: a tab cannot indent YAML | indent with spaces"});
}

TEST_CASE("what is missing at the end is pointed at there, also without a last line break") {
  const std::string missing =
      "not valid YAML: did not find expected ',' or ']' while parsing a flow sequence that starts at line 1, "
      "column 4 | correct the syntax here or just before";
  CHECK(refusals("a: [1") == Lines{"1:6 document-syntax: " + missing});
  CHECK(refusals("a: [1\n") == Lines{"2:1 document-syntax: " + missing});
  CHECK(refusals("\xef\xbb\xbf"
                 "a: [1\r\n ä") == Lines{"2:3 document-syntax: " + missing});
}

TEST_CASE("a document is at most as large and as deep as the limits say") {
  const std::string text = "a: [[1]]\n";
  CHECK(parse_yaml(text, "t.yaml", {text.size(), 3}));
  CHECK(refusals(text, {text.size() - 1, 3}) ==
        Lines{"1:9 document-too-large: the document has 9 bytes, more than the limit of 8 | remove what does "
              "not belong "
              "in it"});
  CHECK(
      refusals(text, {text.size(), 2}) ==
      Lines{"1:5 document-too-deep: lists and mappings are nested deeper than 2 levels | nest less deeply"});
}

TEST_CASE("what is not UTF-8 or not printable is refused where it stands") {
  using std::string_view_literals::operator""sv;
  const std::string utf16 =
      "1:1 document-encoding: the document is UTF-16 or UTF-32, not UTF-8 | save it as UTF-8";
  CHECK(refusals("\xff\xfe"
                 "a\0"sv) == Lines{utf16});
  CHECK(refusals("\xfe\xff\0a"sv) == Lines{utf16});
  CHECK(refusals("\0\0\xfe\xff"sv) == Lines{utf16});
  CHECK(refusals("\xff\xfe\0\0"sv) == Lines{utf16});
  CHECK(
      refusals("a: b\nc: ä\xff\n") ==
      Lines{"2:5 document-encoding: the text is not UTF-8: invalid leading UTF-8 octet | save it as UTF-8"});
  CHECK(refusals("a: \xed\xa0\x80\n") ==
        Lines{"1:4 document-encoding: the text is not UTF-8: invalid Unicode character | save it as UTF-8"});
  CHECK(refusals("a: b\0c\n"sv) == Lines{"1:5 document-encoding: the control character U+0000 may not stand "
                                         "in YAML | remove it, or write it as an "
                                         "escape in double quotes"});
  CHECK(refusals("a: b\x1b[2J\n") == Lines{"1:5 document-encoding: the control character U+001B may not "
                                           "stand in YAML | remove it, or write it as an "
                                           "escape in double quotes"});
  CHECK(refusals("a: b\u2028c: d\n") == Lines{"1:5 document-encoding: a Unicode line separator stands here, "
                                              "which YAML versions read differently | use a "
                                              "plain line break, or an escape in double quotes"});
  CHECK(refusals("a:\r\n b\u0085c\n") == Lines{"2:3 document-encoding: a Unicode line separator stands here, "
                                               "which YAML versions read differently | use a "
                                               "plain line break, or an escape in double quotes"});
}
