#include <catch2/catch.hpp>

#include "document/schema.hpp"
#include "refusals.hpp"

using namespace addon;
using namespace addon::document;

TEST_CASE("a document becomes the JSON that it says") {
  const Document document = parsed("a: [1, 0x10, true, ~, text, '7']\nb: {c: -3}\n");
  CHECK(canonical(to_json(document.root)) == R"({"a":[1,16,true,null,"text","7"],"b":{"c":-3}})");
}

TEST_CASE("floats and integers beyond 64 bits keep their text in JSON") {
  const Document document = parsed("[1.10, 99999999999999999999]");
  CHECK(canonical(to_json(document.root)) == R"(["1.10","99999999999999999999"])");
}

TEST_CASE("JSON becomes a document and the same JSON again") {
  const Json value = Json::parse(R"({"a":[1,-2,true,false,null,"1"],"b":{"c/d":{}}})");
  const Document document = from_json(value, "plan.json");
  CHECK(document.file == "plan.json");
  CHECK(document.span(document.root) == SourceSpan{"plan.json", 0, 0});
  CHECK(to_json(document.root) == value);
}
