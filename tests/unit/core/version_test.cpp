#include "core/version.hpp"

#include <catch2/catch.hpp>
#include <string>

using addon::Version;

namespace {
Version version(std::string_view text) { return Version::parse(text).value(); }
std::string version_refusal(std::string_view text) {
  const auto parsed = Version::parse(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind() == addon::ErrorKind::invalid);
  return parsed.error().message();
}
}  // namespace

TEST_CASE("the grammar of Semantic Versioning 2.0.0 is accepted") {
  const char* text = GENERATE("0.0.0", "0.0.4", "1.2.3", "10.20.30", "18446744073709551615.0.0",
                              "1.1.2-prerelease+meta", "1.1.2+meta", "1.1.2+meta-valid", "1.0.0-alpha",
                              "1.0.0-alpha.beta.1", "1.0.0-alpha0.valid", "1.0.0-0.3.7", "1.0.0-x-y-z.-",
                              "1.0.0--", "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
                              "1.0.0-rc.1+build.123", "2.0.0+build.1848", "2.0.1-alpha.1227",
                              "1.0.0+0.build.1-rc.10000aaa-kk-0.1", "1.2.3----RC-SNAPSHOT.12.9.1--.12",
                              "1.0.0-0A.is.legal", "1.0.0+001", "1.0.0-0", "1.0.0-99999999999999999999999");
  CAPTURE(text);
  const auto parsed = Version::parse(text);
  REQUIRE(parsed);
  CHECK(parsed->str() == text);
}

TEST_CASE("what does not start with three numbers is no version") {
  const char* text =
      GENERATE("", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "a.b.c", " 1.2.3", "1..3", "1.2.", ".1.2",
               "-1.2.3", "+1.2.3", "1.2-SNAPSHOT", "alpha", "1,2,3", "1.2.3 ", "../1.2.3");
  CAPTURE(text);
  CHECK(version_refusal(text) == "\"" + std::string(text) +
                                     "\" is not a version: use MAJOR.MINOR.PATCH, such as \"1.4.2\" or "
                                     "\"1.4.2-rc.1\" (Semantic Versioning "
                                     "2.0.0)");
}

TEST_CASE("a number with a leading zero is refused") {
  const char* text = GENERATE("01.1.1", "1.01.1", "1.1.01", "1.2.3-0123", "1.2.3-a.01", "00.0.0", "1.0.0-00");
  CAPTURE(text);
  CHECK(version_refusal(text) ==
        "\"" + std::string(text) + "\" is not a version: a number in it starts with a needless 0");
}

TEST_CASE("a number beyond 64 bits is refused") {
  const char* text =
      GENERATE("18446744073709551616.0.0", "0.18446744073709551616.0", "0.0.99999999999999999999999999");
  CAPTURE(text);
  CHECK(version_refusal(text) ==
        "\"" + std::string(text) + "\" is not a version: a number in it is larger than 18446744073709551615");
}

TEST_CASE("a bad pre-release is refused") {
  const auto [text, shown] = GENERATE(table<const char*, const char*>({
      {"1.2.3-", "1.2.3-"},
      {"1.2.3-a..b", "1.2.3-a..b"},
      {"1.2.3-.a", "1.2.3-.a"},
      {"1.2.3-a.", "1.2.3-a."},
      {"1.2.3-a_b", "1.2.3-a_b"},
      {"1.2.3-a/../b", "1.2.3-a/../b"},
      {"1.2.3-a b", "1.2.3-a b"},
      {"1.2.3-a\n", "1.2.3-a\\x0a"},
      {"1.2.3-+b", "1.2.3-+b"},
      {"1.2.3-\xc3\xa9", "1.2.3-\xc3\xa9"},
  }));
  CAPTURE(text);
  CHECK(version_refusal(text) ==
        "\"" + std::string(shown) +
            "\" is not a version: after '-', use letters, digits and '-' in parts joined by single '.'");
}

TEST_CASE("bad build metadata is refused") {
  const char* text =
      GENERATE("1.2.3+", "1.2.3+a+b", "1.2.3+a..b", "1.2.3-a+", "1.2.3+a_b", "1.2.3+a/b", "1.2.3+.");
  CAPTURE(text);
  CHECK(version_refusal(text) ==
        "\"" + std::string(text) +
            "\" is not a version: after '+', use letters, digits and '-' in parts joined by single '.'");
}

TEST_CASE("a version may have 128 characters") {
  CHECK(Version::parse("1.2.3-" + std::string(122, 'a')));
  CHECK(version_refusal("1.2.3-" + std::string(123, 'a')) ==
        "\"1.2.3-" + std::string(114, 'a') + "\"... is not a version: it is longer than 128 characters");
}

TEST_CASE("versions are ordered as the specification's item 11 orders them") {
  const std::vector<std::string> ascending = {"0.0.1",
                                              "0.1.0",
                                              "1.0.0-0",
                                              "1.0.0-1",
                                              "1.0.0-9",
                                              "1.0.0-10",
                                              "1.0.0-99999999999999999999",
                                              "1.0.0-100000000000000000000",
                                              "1.0.0--",
                                              "1.0.0-A",
                                              "1.0.0-alpha",
                                              "1.0.0-alpha.1",
                                              "1.0.0-alpha.1.0",
                                              "1.0.0-alpha.beta",
                                              "1.0.0-beta",
                                              "1.0.0-beta.2",
                                              "1.0.0-beta.11",
                                              "1.0.0-rc.1",
                                              "1.0.0",
                                              "1.0.1",
                                              "1.2.0",
                                              "1.10.0",
                                              "2.0.0",
                                              "2.1.0",
                                              "2.1.1",
                                              "10.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i], ascending[j]);
      CHECK(version(ascending[i]).precedence(version(ascending[j])) == (i <=> j));
      CHECK((version(ascending[i]) <=> version(ascending[j])) == (i <=> j));
    }
  }
}

TEST_CASE("build metadata does not count for precedence but tells versions apart") {
  const auto same = std::weak_ordering::equivalent;
  CHECK(version("1.0.0+a").precedence(version("1.0.0+b")) == same);
  CHECK(version("1.0.0").precedence(version("1.0.0+b")) == same);
  CHECK(version("1.0.0-rc.1+a").precedence(version("1.0.0-rc.1")) == same);
  CHECK(version("1.0.0+a") < version("1.0.0+b"));
  CHECK_FALSE(version("1.0.0+a") == version("1.0.0+b"));
  CHECK(version("1.0.0+z") < version("1.0.1"));
}
