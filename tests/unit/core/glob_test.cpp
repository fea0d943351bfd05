#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "core/text.hpp"

using addon::glob_match;

TEST_CASE("a pattern matches these names") {
  const auto [pattern, name] = GENERATE(table<const char*, const char*>({
      {"", ""},
      {"a", "a"},
      {"*", ""},
      {"*", "abc"},
      {"**", "a/b/c"},
      {"addon-*.service", "addon-x.service"},
      {"addon-*.service", "addon-.service"},
      {"*.service", "a.service.service"},
      {"a*b*c", "aXbXbYc"},
      {"/opt/addons/**", "/opt/addons/a/b"},
      {"/opt/addons/**", "/opt/addons/"},
      {"/opt/*/bin", "/opt/x/bin"},
      {"/**/bin", "/a/b/bin"},
      {"a***b", "a/x/b"},
      {"?", "x"},
      {"?", "\xc3\xa9"},
      {"??", "\xc3\xa9\xf0\x9f\x98\x80"},
      {"caf?", "caf\xc3\xa9"},
      {"a?*", "ab"},
      {"[a]", "[a]"},
      {"a\\*", "a\\b"},
      {"{a,b}", "{a,b}"},
  }));
  CAPTURE(pattern, name);
  CHECK(glob_match(pattern, name));
}

TEST_CASE("a pattern does not match these names") {
  const auto [pattern, name] = GENERATE(table<const char*, const char*>({
      {"", "a"},
      {"a", ""},
      {"a", "A"},
      {"a", "ab"},
      {"a", "ba"},
      {"*", "a/b"},
      {"/opt/*/bin", "/opt/x/y/bin"},
      {"/opt/addons/**", "/opt/addons"},
      {"/opt/addons/**", "/opt/addonsx/a"},
      {"?", ""},
      {"?", "/"},
      {"?", "ab"},
      {"??", "\xc3\xa9"},
      {"addon-*.service", "addon-x.timer"},
      {"addon-*.service", "xaddon-x.service"},
      {"[ab]", "a"},
      {"a*b*c", "aXcXb"},
  }));
  CAPTURE(pattern, name);
  CHECK_FALSE(glob_match(pattern, name));
}

TEST_CASE("a pattern of many stars takes no exponential time") {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  const auto begin = std::chrono::steady_clock::now();
  CHECK_FALSE(glob_match(pattern + "b", std::string(1000, 'a')));
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}
