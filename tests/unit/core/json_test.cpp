#include "core/json.hpp"

#include <catch2/catch.hpp>
#include <string>

using addon::Json;
using addon::parse_json;

namespace {
std::string json_refusal(std::string_view text) {
  const auto parsed = parse_json(text, "f.json");
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind() == addon::ErrorKind::invalid);
  return parsed.error().message();
}
}  // namespace

TEST_CASE("canonical JSON has its keys sorted by byte and no white space") {
  const Json value = {
      {"b", 1}, {"a", {{"z", nullptr}, {"Z", true}}}, {"", Json::array({1, -2, "x"})}, {"aa", false}};
  CHECK(addon::canonical(value) == R"({"":[1,-2,"x"],"a":{"Z":true,"z":null},"aa":false,"b":1})");
}

TEST_CASE("canonical JSON escapes as RFC 8785 does") {
  CHECK(addon::canonical(Json(std::string("\b\t\n\f\r\"\\/\x01\x1f\x7f", 11))) ==
        "\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\\u001f\x7f\"");
  CHECK(addon::canonical(Json("\xe2\x82\xac\xf0\x9f\x98\x80")) == "\"\xe2\x82\xac\xf0\x9f\x98\x80\"");
  CHECK(addon::canonical(Json(std::string("a\0b", 3))) == "\"a\\u0000b\"");
}

TEST_CASE("canonical JSON has whole numbers of 64 bits") {
  CHECK(addon::canonical(Json(std::uint64_t{18446744073709551615U})) == "18446744073709551615");
  CHECK(addon::canonical(Json(INT64_MIN)) == "-9223372036854775808");
}

TEST_CASE("canonical JSON of bytes that are not UTF-8 is UTF-8") {
  CHECK(addon::canonical(Json("a\xff")) == "\"a\xef\xbf\xbd\"");
}

TEST_CASE("the digest of a value does not depend on how it was written") {
  const Json one = parse_json(R"({"a": 1, "b": [true, "\u20ac"]})", "f").value();
  const Json two = parse_json("{\n\"b\":[ true,\"\xe2\x82\xac\"],\"a\":1 }\n", "f").value();
  CHECK(addon::digest_of(one) == addon::digest_of(two));
  CHECK(addon::digest_of(one) == addon::Digest::of("{\"a\":1,\"b\":[true,\"\xe2\x82\xac\"]}"));
  CHECK_FALSE(addon::digest_of(one) == addon::digest_of(Json::object()));
}

TEST_CASE("JSON of every type is read") {
  const Json value =
      parse_json(
          R"( {"n": null, "t": true, "i": -3, "u": 18446744073709551615, "s": "a\n\ud83d\ude00", "a": [[], {}]} )",
          "f")
          .value();
  CHECK(value["n"].is_null());
  CHECK(value["t"] == true);
  CHECK(value["i"] == -3);
  CHECK(value["u"] == std::uint64_t{18446744073709551615U});
  CHECK(value["s"] == "a\n\xf0\x9f\x98\x80");
  CHECK(value["a"] == Json::array({Json::array(), Json::object()}));
  CHECK(parse_json("7", "f").value() == 7);
}

TEST_CASE("keys that are equal in different objects are no duplicates") {
  CHECK(parse_json(R"([{"a": {"a": 1}}, {"a": 2}])", "f"));
}

TEST_CASE("a duplicate key is refused where it stands the second time") {
  CHECK(json_refusal("{\"a\": 1,\n \"a\": 2}") ==
        "f.json:2:2: this is not valid JSON: the key \"a\" stands here twice");
  CHECK(json_refusal(R"({"a": {"b": 1, "c": 2, "b": 3}})") ==
        "f.json:1:24: this is not valid JSON: the key \"b\" stands here twice");
}

TEST_CASE("a duplicate key is found behind its escapes") {
  CHECK(json_refusal(R"({"a": 1, "\u0061": 2})") ==
        "f.json:1:10: this is not valid JSON: the key \"a\" stands here twice");
  CHECK(json_refusal(R"({"\\\"": 1, "\\\"": 2})") ==
        R"(f.json:1:13: this is not valid JSON: the key "\\\"" stands here twice)");
  CHECK(json_refusal(R"({"": 1, "": 2})") ==
        "f.json:1:9: this is not valid JSON: the key \"\" stands here twice");
}

TEST_CASE("64 levels are read and 65 are refused") {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  CHECK(parse_json(nested(64), "f"));
  CHECK(json_refusal(nested(65)) == "f.json:1:65: this is not valid JSON: it nests deeper than 64 levels");
  CHECK(json_refusal(std::string(1'000'000, '[')) ==
        "f.json:1:65: this is not valid JSON: it nests deeper than 64 levels");
  std::string objects;
  for (int i = 0; i < 65; ++i) objects += "{\"a\":";
  CHECK(json_refusal(objects) == "f.json:1:321: this is not valid JSON: it nests deeper than 64 levels");
}

TEST_CASE("a malformed text is refused with its place") {
  const auto [text, place] = GENERATE(table<const char*, const char*>({
      {"", "1:1"},
      {"{", "1:2"},
      {"[1,]", "1:4"},
      {"[1] x", "1:5"},
      {"{} {}", "1:4"},
      {"{\"a\" 1}", "1:6"},
      {"{a: 1}", "1:2"},
      {"[1,\n2,\n  nul]", "3:6"},
      {"'a'", "1:1"},
      {"01", "1:2"},
      {"// x\n1", "1:1"},
      {"NaN", "1:1"},
      {"\"a\nb\"", "1:3"},
      {"[\"\xe2\x82\xac\xe2\x82\xac\", x]", "1:8"},
  }));
  CAPTURE(text);
  CHECK_THAT(json_refusal(text),
             Catch::StartsWith("f.json:" + std::string(place) + ": this is not valid JSON: "));
}

TEST_CASE("invalid UTF-8 and half surrogates are refused") {
  CHECK(json_refusal("[\"ab\xff\"]") ==
        "f.json:1:5: this is not valid JSON: syntax error while parsing value - invalid string: ill-formed "
        "UTF-8 byte");
  const char* text = GENERATE("\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"", "\"\xe2\x82\"",
                              "\"\x80\"", R"("\ud800")", R"("\udc00")", R"("\ud800\u0041")", "\xff");
  CAPTURE(text);
  json_refusal(text);
}

TEST_CASE("a refusal does not repeat hostile text") {
  CHECK(json_refusal("\"\x1b[31m" + std::string(100'000, 'x')) ==
        "f.json:1:2: this is not valid JSON: syntax error while parsing value - invalid string: control "
        "character "
        "U+001B (ESC) must be escaped to \\u001B");
  CHECK(json_refusal("[\"; last read: \" \"x\"]") ==
        "f.json:1:20: this is not valid JSON: syntax error while parsing array - unexpected string literal; "
        "expected ']'");
}

TEST_CASE("a number that no type holds is refused") {
  CHECK(json_refusal("[1e999]") == "f.json:1:6: this is not valid JSON: this number is too large");
}
