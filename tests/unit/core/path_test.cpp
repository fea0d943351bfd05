#include "core/path.hpp"

#include <catch2/catch.hpp>
#include <string>

using addon::is_safe_segment;
using addon::RelativePath;

TEST_CASE("an ordinary name is a safe segment") {
  const char* text = GENERATE("a", "addon.yaml", "...", "..a", "a..", ".hidden", "-a", "a b", "caf\xc3\xa9",
                              "~", "a:b", "$HOME", "%2e%2e");
  CAPTURE(text);
  CHECK(is_safe_segment(text));
  CHECK(RelativePath::parse(text));
}

TEST_CASE("a name that leads elsewhere or is shown wrongly is not a safe segment") {
  const char* text = GENERATE("", ".", "..", "a/b", "/", "a/", "a\\b", "\\", "a\nb", "a\x01", "a\x7f", "\xff",
                              "\xc0\xae\xc0\xae", "\xed\xa0\x80");
  CAPTURE(text);
  CHECK_FALSE(is_safe_segment(text));
}

TEST_CASE("a null byte makes a segment unsafe") { CHECK_FALSE(is_safe_segment(std::string_view("a\0b", 3))); }

TEST_CASE("a segment may have 255 bytes, as a directory entry may") {
  CHECK(is_safe_segment(std::string(255, 'a')));
  CHECK_FALSE(is_safe_segment(std::string(256, 'a')));
}

TEST_CASE("a relative path has segments and a name") {
  const auto path = RelativePath::parse("opt/addons/netprobe");
  REQUIRE(path);
  CHECK(path->str() == "opt/addons/netprobe");
  CHECK(path->name() == "netprobe");
  CHECK(path->segments() == std::vector<std::string_view>{"opt", "addons", "netprobe"});
  CHECK(RelativePath::parse("a")->name() == "a");
  CHECK(RelativePath::parse("a")->segments() == std::vector<std::string_view>{"a"});
}

TEST_CASE("a path that leaves its directory or says the same in two ways is refused") {
  const char* text = GENERATE("", "/", "/etc/passwd", "..", "../a", "a/..", "a/../b", "a/../../b", ".", "./a",
                              "a/.", "a/./b", "a//b", "a/", "//a", "a\\..\\b", "a/\n/b", "a/\xff", "C:\\a");
  CAPTURE(text);
  const auto parsed = RelativePath::parse(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind() == addon::ErrorKind::invalid);
  CHECK_THAT(parsed.error().message(),
             Catch::EndsWith(
                 " is not a path inside the bundle: use names separated by single '/', without a leading "
                 "'/', '.', '..', '\\' or control characters"));
}

TEST_CASE("the refusal of a path quotes it") {
  CHECK_THAT(RelativePath::parse("../evil\n").error().message(),
             Catch::StartsWith("\"../evil\\x0a\" is not a path"));
}

TEST_CASE("a path may have 1024 bytes") {
  std::string text(1024, 'a');
  for (std::size_t i = 200; i < text.size(); i += 200) text[i] = '/';
  CHECK(RelativePath::parse(text));
  text += 'a';
  const auto parsed = RelativePath::parse(text);
  REQUIRE_FALSE(parsed);
  CHECK_THAT(parsed.error().message(), Catch::EndsWith(" is longer than 1024 bytes"));
}

TEST_CASE("paths are put together from safe words") {
  const RelativePath base = RelativePath::of({"opt", "addons"});
  CHECK(base.str() == "opt/addons");
  CHECK((base / "netprobe/current").str() == "opt/addons/netprobe/current");
  CHECK(RelativePath::of({"a"}) < RelativePath::of({"b"}));
}
