#include "document/schema.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <thread>

#include "refusals.hpp"

using namespace addon;
using namespace addon::document;
using Lines = std::vector<std::string>;

namespace {
constexpr std::string_view schema_json = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "patternProperties": {"^x-": {}},
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 8, "pattern": "^[a-z]+$", "x-expected": "a word such as probe"},
    "path": {"type": "string", "maxLength": 99, "pattern": "^/", "x-rule": "unsafe-path", "x-expected": "an absolute path"},
    "colour": {"type": "string", "enum": ["red", "green", "blue"]},
    "only": {"type": "string", "enum": ["this"]},
    "count": {"type": "integer", "minimum": 1, "maximum": 10},
    "on": {"type": "boolean"},
    "ratio": {"type": "number"},
    "tags": {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": true, "items": {"type": "string"}},
    "dirs": {"type": "array", "items": {"oneOf": [
      {"type": "string", "maxLength": 9},
      {"type": "object", "required": ["path"], "additionalProperties": false,
       "properties": {"path": {"$ref": "#/properties/path"}, "mode": {"type": "string"}}}]}},
    "inner": {"type": "object", "required": ["a", "b"], "additionalProperties": false,
      "properties": {"a": {"type": "string", "x-expected": "any text"}, "b": {"type": "integer"}}},
    "map": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    "free": {"type": "object"},
    "any": {}
  }
})";

const Schema& schema() {
  static const Schema compiled = Schema::compile(schema_json);
  return compiled;
}

Lines faults(std::string_view text) {
  const auto document = load(text, "t.yaml", schema());
  return document ? Lines{} : lines_of(document.error().findings());
}

std::string resolved(std::string_view text) {
  Document document = parsed(text);
  schema().resolve_strings(document);
  return canonical(to_json(document.root));
}
}  // namespace

TEST_CASE("a document that satisfies its schema has no findings") {
  CHECK(faults(
            "{name: probe, colour: red, count: 10, on: true, ratio: 1, tags: [a, b], dirs: [/x, {path: /y}]}")
            .empty());
  CHECK(faults("{inner: {a: x, b: 1}, map: {A: [b]}, free: {1x: [{}]}, any: [1, {a: ~}]}").empty());
}

TEST_CASE("an unknown key is named where it stands, with what was meant") {
  CHECK(faults("name: a\nnmae: b\n") == Lines{"2:1 schema-unknown-key /nmae: unknown key \"nmae\" in the "
                                              "document; did you mean \"name\"? | write \"name\""});
  CHECK(faults("inner:\n  a: x\n  b: 1\n  zzzzzz: 1\n") ==
        Lines{"4:3 schema-unknown-key /inner/zzzzzz: unknown key \"zzzzzz\" in inner | remove it; the keys "
              "known here "
              "are a, b"});
  CHECK(faults("dirs: [{path: /x, mdoe: '1'}]") ==
        Lines{"1:19 schema-unknown-key /dirs/0/mdoe: unknown key \"mdoe\" in dirs[0]; did you mean \"mode\"? "
              "| write "
              "\"mode\""});
}

TEST_CASE("every unknown key is reported, not the first only") {
  CHECK(faults("q1: 1\nq2: 1\nq3: 1\n").size() == 3);
}

TEST_CASE("keys that start with x- are accepted at the top level only, whatever they hold") {
  CHECK(faults("x-owner: [1, {a: ~}]\n").empty());
  CHECK(faults("inner: {a: x, b: 1, x-owner: me}\n") ==
        Lines{"1:21 schema-unknown-key /inner/x-owner: unknown key \"x-owner\" in inner | remove it; the "
              "keys known here "
              "are a, b"});
}

TEST_CASE("each missing key is one finding at the mapping that lacks it") {
  CHECK(
      faults("name: a\ninner: {}\n") ==
      Lines{"2:8 schema-missing-key /inner: inner lacks the required key \"a\" | add \"a\": any text",
            "2:8 schema-missing-key /inner: inner lacks the required key \"b\" | add \"b\": a whole number"});
}

TEST_CASE("a required key that is misspelt is unknown, and not missing as well") {
  const Lines found = faults("name: a\ninner: {A: x, b: 1}\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("schema-unknown-key /inner/A: ") != std::string::npos);
  CHECK(found[0].find("did you mean \"a\"?") != std::string::npos);
}

TEST_CASE("a value outside an enum lists what is allowed") {
  CHECK(faults("colour: gren") == Lines{"1:9 schema-enum /colour: colour is \"gren\", but must be one of "
                                        "red, green, blue; did you mean \"green\"? | "
                                        "write \"green\""});
  CHECK(faults("colour: mauve") == Lines{"1:9 schema-enum /colour: colour is \"mauve\", but must be one of "
                                         "red, green, blue | use red, green or "
                                         "blue"});
  CHECK(faults("only: that") ==
        Lines{"1:7 schema-enum /only: only is \"that\", but must be this | use this"});
}

TEST_CASE("a pattern's violation says in words what is wanted, under the rule it belongs to") {
  CHECK(faults("name: Probe") ==
        Lines{"1:7 schema-pattern /name: name is \"Probe\", but must be a word such as probe"});
  CHECK(faults("path: etc") == Lines{"1:7 unsafe-path /path: path is \"etc\", but must be an absolute path"});
  CHECK(faults("dirs: [{path: etc}]") ==
        Lines{"1:15 unsafe-path /dirs/0/path: dirs[0].path is \"etc\", but must be an absolute path"});
}

TEST_CASE("the end of a pattern does not match before a newline") {
  CHECK(faults("name: \"probe\\n\"") == Lines{"1:7 control-character /name: name is \"probe\\x0a\", which "
                                              "has a control character in it | remove the "
                                              "control character"});
}

TEST_CASE("a wrong type is one finding, whatever else the schema wants of the value") {
  CHECK(faults("name: [a]") ==
        Lines{"1:7 schema-type /name: name must be a string, but is a list | write a word such as "
              "probe"});
  CHECK(faults("name:") ==
        Lines{"1:6 schema-type /name: name must be a string, but is empty | write a word such as probe"});
  CHECK(faults("count: three") == Lines{"1:8 schema-type /count: count must be a whole number, but is the "
                                        "string \"three\" | write a whole number"});
  CHECK(faults("count: 1.5") ==
        Lines{"1:8 schema-type /count: count must be a whole number, but is 1.5 | write a whole number"});
  CHECK(
      faults("on: yes") ==
      Lines{
          "1:5 schema-type /on: on must be true or false, but is the string \"yes\" | write true or false"});
  CHECK(faults("tags: a") ==
        Lines{"1:7 schema-type /tags: tags must be a list, but is the string \"a\" | write a list"});
  CHECK(faults("dirs: [[]]") == Lines{"1:8 schema-type /dirs/0: dirs[0] must be a string or a mapping, but "
                                      "is a list | write a string or a mapping"});
  CHECK(faults("- a\n") ==
        Lines{"1:1 schema-type: the document must be a mapping, but is a list | write a mapping"});
  CHECK(faults("map: {A: b}") ==
        Lines{"1:10 schema-type /map/A: map.A must be a list, but is the string \"b\" | write a list"});
}

TEST_CASE("numbers, texts and lists keep to their limits") {
  CHECK(faults("count: 0") == Lines{"1:8 schema-range /count: count is 0, but must be at least 1"});
  CHECK(faults("count: 11") == Lines{"1:8 schema-range /count: count is 11, but must be at most 10"});
  CHECK(faults("count: 99999999999999999999") ==
        Lines{"1:8 schema-range /count: count is 99999999999999999999, but must be at most 10"});
  CHECK(faults("count: -99999999999999999999") ==
        Lines{"1:8 schema-range /count: count is -99999999999999999999, but must be at least 1"});
  CHECK(faults("name: ''") ==
        Lines{"1:7 schema-length /name: name must not be empty | write a word such as probe"});
  CHECK(faults("name: abcdefghi") ==
        Lines{"1:7 schema-length /name: name has 9 characters, more than the limit of 8 | shorten it"});
  CHECK(faults("tags: []") == Lines{"1:7 schema-length /tags: tags must not be empty"});
  CHECK(faults("tags: [a, b, c, d]") ==
        Lines{"1:7 schema-length /tags: tags has 4 items, more than the limit of 3 | remove items"});
  CHECK(faults("dirs: [0123456789]") ==
        Lines{"1:8 schema-length /dirs/0: dirs[0] has 10 characters, more than the limit of 9 | shorten it"});
}

TEST_CASE("limits on length count characters, not bytes") {
  CHECK(faults("dirs: [äöüäöüäöü]").empty());
  CHECK(faults("dirs: [😀😀😀😀😀😀😀😀😀]").empty());
  CHECK(faults("dirs: [😀😀😀😀😀😀😀😀😀😀]").size() == 1);
}

TEST_CASE("a repeated item points at the second and names the first's line") {
  CHECK(faults("tags:\n- a\n- b\n- a\n") == Lines{"4:3 schema-duplicate-item /tags/2: tags[2] repeats \"a\", "
                                                  "which is already on line 2 | remove one of the "
                                                  "two"});
}

TEST_CASE("independent causes are all reported, sorted by place") {
  CHECK(faults("count: 0\ncolour: pink\ninner: {a: x}\nnope: 1\n").size() == 4);
}

TEST_CASE("pointers escape keys") {
  CHECK(faults("free: 1").size() == 1);
  CHECK(faults("a/b~c: 1\n") ==
        Lines{"1:1 schema-unknown-key /a~1b~0c: unknown key \"a/b~c\" in the document | remove it; the keys "
              "known here are "
              "any, colour, count, dirs, free, inner, map, name, on, only, path, ratio, tags"});
}

TEST_CASE("hostile keys and values are quoted") {
  CHECK(faults("\"\\e[2Jkey\": 1\n").front().find("unknown key \"\\x1b[2Jkey\"") != std::string::npos);
  CHECK(faults("colour: \"\\e[2J\"\n").front().find("colour is \"\\x1b[2J\"") != std::string::npos);
}

TEST_CASE("plain scalars become strings where the schema wants nothing but a string") {
  CHECK(resolved("name: 1.10") == R"({"name":"1.10"})");
  CHECK(resolved("name: no") == R"({"name":"no"})");
  CHECK(resolved("name: true") == R"({"name":"true"})");
  CHECK(resolved("name: 0x1F") == R"({"name":"0x1F"})");
  CHECK(resolved("name: .inf") == R"({"name":".inf"})");
  CHECK(resolved("tags: [1, 2.0, false]") == R"({"tags":["1","2.0","false"]})");
  CHECK(resolved("dirs: [7, {path: 8, mode: 0644}]") == R"({"dirs":["7",{"mode":"0644","path":"8"}]})");
  CHECK(resolved("map: {NoNewPrivileges: [yes, true, 1]}") ==
        R"({"map":{"NoNewPrivileges":["yes","true","1"]}})");
}

TEST_CASE("plain scalars keep their type where the schema takes it or says nothing") {
  CHECK(resolved("{count: 3, on: true}") == R"({"count":3,"on":true})");
  CHECK(resolved("{any: 3, free: {a: true}, x-a: 1, other: 2}") ==
        R"({"any":3,"free":{"a":true},"other":2,"x-a":1})");
  CHECK(resolved("name: ~") == R"({"name":null})");
  CHECK(resolved("name:") == R"({"name":null})");
}

TEST_CASE("a document without positions is validated as well") {
  const Document document = from_json(Json::parse(R"({"count": 0, "name": 3})"), "p.json");
  const std::vector<Finding> findings = schema().validate(document);
  CHECK(lines_of(findings) ==
        Lines{"0:0 schema-range /count: count is 0, but must be at least 1",
              "0:0 schema-type /name: name must be a string, but is 3 | write a word such as probe"});
  CHECK(findings.front().at.file == "p.json");
}

TEST_CASE("one schema validates in many threads at once") {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&wrong, t] {
      for (int i = 0; i < 200; ++i) {
        const bool is_valid = load("{name: probe, path: /x}", "t", schema()).has_value();
        const bool is_invalid = load("{name: Probe, path: x}", "t", schema()).has_value();
        if (!is_valid || is_invalid) ++wrong[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}
