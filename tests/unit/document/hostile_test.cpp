#include <catch2/catch.hpp>
#include <chrono>

#include "document/schema.hpp"
#include "refusals.hpp"

using namespace addon;
using namespace addon::document;

namespace {
constexpr std::size_t limit = std::size_t{1} << 20;

std::string repeated(std::string_view part, std::size_t bytes = limit) {
  std::string text;
  while (text.size() + part.size() <= bytes) text += part;
  return text;
}

// Generous for sanitizers; what is quadratic in a megabyte takes minutes.
class Stopwatch {
 public:
  ~Stopwatch() { CHECK(std::chrono::steady_clock::now() - start_ < std::chrono::seconds(20)); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

const std::string too_deep = "lists and mappings are nested deeper than 64 levels | nest less deeply";
}  // namespace

TEST_CASE("a megabyte of brackets is refused at the depth limit") {
  const Stopwatch watch;
  CHECK(refusals(repeated("[")) == std::vector<std::string>{"1:65 document-too-deep: " + too_deep});
  CHECK(refusals(repeated("{a: ")) == std::vector<std::string>{"1:257 document-too-deep: " + too_deep});
  CHECK(refusals(repeated("- ")) == std::vector<std::string>{"1:129 document-too-deep: " + too_deep});
  CHECK(refusals(repeated("? ")) == std::vector<std::string>{"1:129 document-too-deep: " + too_deep});
}

TEST_CASE("64 levels are not too deep") {
  CHECK(parse_yaml(std::string(64, '[') + std::string(64, ']'), "t.yaml"));
  CHECK_FALSE(parse_yaml(std::string(65, '[') + std::string(65, ']'), "t.yaml"));
}

TEST_CASE("an alias bomb is refused at its first anchor") {
  CHECK(refusals("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n").size() == 1);
  CHECK(refusals(repeated("*a ")).size() == 1);
}

TEST_CASE("a document over a megabyte is refused whatever is in it") {
  CHECK(refusals(std::string(limit + 1, 'a')) ==
        std::vector<std::string>{
            "1:1048577 document-too-large: the document has 1048577 bytes, more than the limit of "
            "1048576 | remove what does not belong in it"});
}

TEST_CASE("thousands of duplicate keys give a hundred findings") {
  const Stopwatch watch;
  CHECK(refusals(repeated("a: 1\n")).size() == 100);
}

TEST_CASE("a megabyte of distinct unknown keys is refused in time") {
  const Stopwatch watch;
  std::string text;
  for (int i = 0; text.size() < limit - 20; ++i) text += "key" + std::to_string(i) + ": 1\n";
  const auto document = load(text, "t.yaml", addon_manifest_schema());
  REQUIRE_FALSE(document);
  CHECK(document.error().findings().size() == 1000);
}

TEST_CASE("a megabyte of list items is refused by the limit of the list, without comparing them all") {
  const Stopwatch watch;
  const auto document =
      load("capabilities: [" + repeated("a,", limit - 20) + "]", "t.yaml", addon_manifest_schema());
  REQUIRE_FALSE(document);
  std::string found;
  for (const std::string& line : lines_of(document.error().findings())) {
    if (line.find("/capabilities") != std::string::npos) found += line;
  }
  CHECK(found ==
        "1:15 schema-length /capabilities: capabilities has 524278 items, more than the limit of 256 | "
        "remove items");
}

TEST_CASE("a megabyte in one scalar is refused by its length, not matched against a pattern") {
  const Stopwatch watch;
  const std::string long_text(limit - 20, '1');
  for (const char* key : {"id", "version"}) {
    const auto document =
        load(std::string(key) + ": 'x" + long_text + "'", "t.yaml", addon_manifest_schema());
    REQUIRE_FALSE(document);
    bool has_length = false;
    for (const Finding& finding : document.error().findings()) {
      CHECK(finding.rule != &rules::schema_pattern);
      has_length =
          has_length || (finding.rule == &rules::schema_length && finding.pointer == std::string("/") + key);
    }
    CHECK(has_length);
  }
}

TEST_CASE("a document of many small parts parses in time") {
  const Stopwatch watch;
  CHECK(parse_yaml("[" + repeated("a,", limit - 2) + "]", "t.yaml"));
  CHECK(parse_yaml(repeated("- {a: [b, {c: d}]}\n"), "t.yaml"));
  CHECK(parse_yaml("a: \"" + repeated("\\u00e4", limit - 8) + "\"", "t.yaml"));
}
