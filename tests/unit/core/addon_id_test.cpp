#include "core/addon_id.hpp"

#include <catch2/catch.hpp>
#include <string>

using addon::AddonId;

TEST_CASE("an id of small letters, digits, dots, underscores and hyphens is accepted") {
  const std::string id = GENERATE("netprobe", "a", "0", "a.b_c-d", "9lives", "x-", "a.");
  CAPTURE(id);
  const auto parsed = AddonId::parse(id);
  REQUIRE(parsed);
  CHECK(parsed->str() == id);
}

TEST_CASE("an id may have 64 characters and no more") {
  CHECK(AddonId::parse(std::string(64, 'a')));
  CHECK_FALSE(AddonId::parse(std::string(65, 'a')));
}

TEST_CASE("an id that could leave its directory or be taken for something else is refused") {
  const std::string id = GENERATE("", "../etc", "..", ".", "a..b", "/a", "a/b", "a\\b", "-a", "_a", ".a", "A",
                                  "netProbe", "a b", " a", "netprobe\n", "caf\xc3\xa9", "a,b", "a@b", "a:b");
  CAPTURE(id);
  const auto parsed = AddonId::parse(id);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind() == addon::ErrorKind::invalid);
}

TEST_CASE("an id with a null byte is refused") { CHECK_FALSE(AddonId::parse(std::string("a\0b", 3))); }

TEST_CASE("the refusal of an id quotes it and says what an id is") {
  CHECK(AddonId::parse("../etc\n").error().message() ==
        "\"../etc\\x0a\" is not an add-on id: use 1 to 64 of a-z, 0-9, '.', '_' and '-', starting with a "
        "letter "
        "or digit, without '..'");
}

TEST_CASE("ids are ordered by their text") {
  CHECK(*AddonId::parse("a") < *AddonId::parse("b"));
  CHECK(*AddonId::parse("a") == *AddonId::parse("a"));
}
