#include "core/text.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

using addon::did_you_mean;
using addon::is_utf8;
using addon::printable;
using addon::quoted;
using addon::size_text;

TEST_CASE("ordinary text is quoted as it is") {
  CHECK(quoted("") == "\"\"");
  CHECK(quoted("a b/c") == "\"a b/c\"");
  CHECK(quoted("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
  CHECK(quoted(std::string("a")) == "\"a\"");
}

TEST_CASE("what could end the quotation or move the cursor is escaped") {
  CHECK(quoted("a\"b\\c") == R"("a\"b\\c")");
  CHECK(quoted("a\nb\t\r\x1b[31m\x7f") == R"("a\x0ab\x09\x0d\x1b[31m\x7f")");
  CHECK(quoted(std::string_view("a\0b", 3)) == R"("a\x00b")");
  CHECK(quoted("\xc2\x9b"
               "31m") == R"("\xc2\x9b31m")");
}

TEST_CASE("what turns the direction of a line or ends it is escaped") {
  CHECK(quoted("a\xe2\x80\xae"
               "b") == R"("a\xe2\x80\xaeb")");
  CHECK(quoted("\xe2\x81\xa6") == R"("\xe2\x81\xa6")");
  CHECK(quoted("\xe2\x80\xa8") == R"("\xe2\x80\xa8")");
}

TEST_CASE("bytes that are not UTF-8 are escaped one by one") {
  CHECK(quoted("a\xff\xfe"
               "b") == R"("a\xff\xfeb")");
  CHECK(quoted("\xe2\x82") == R"("\xe2\x82")");
  CHECK(quoted("\xe2\x82"
               "a") == R"("\xe2\x82a")");
  CHECK(quoted("\xed\xa0\x80") == R"("\xed\xa0\x80")");
}

TEST_CASE("a quotation is cut after 120 bytes, and says so") {
  CHECK(quoted(std::string(120, 'x')) == "\"" + std::string(120, 'x') + "\"");
  CHECK(quoted(std::string(121, 'x')) == "\"" + std::string(120, 'x') + "\"...");
}

TEST_CASE("a quotation is not cut through a character") {
  CHECK(quoted(std::string(119, 'x') + "\xc3\xa9") == "\"" + std::string(119, 'x') + "\"...");
  CHECK(quoted(std::string(117, 'x') + "\xf0\x9f\x98\x80") == "\"" + std::string(117, 'x') + "\"...");
  CHECK(quoted(std::string(118, 'x') + "\xc3\xa9y") == "\"" + std::string(118, 'x') + "\xc3\xa9\"...");
  CHECK(quoted(std::string(200, '\x80')).size() < 500);
}

TEST_CASE("printable text has neither quotes nor a cut") {
  CHECK(printable("a\nb") == "a\\x0ab");
  CHECK(printable(std::string(1000, 'x')) == std::string(1000, 'x'));
  CHECK(printable("\"") == "\\\"");
}

TEST_CASE("well-formed UTF-8 is accepted up to the edges of each range") {
  const char* text = GENERATE("", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                              "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
                              "\xef\xbb\xbf"
                              "a");
  CHECK(is_utf8(text));
  CHECK(is_utf8(std::string_view("a\0b", 3)));
}

TEST_CASE("ill-formed UTF-8 is refused") {
  const std::string text = GENERATE(
      std::string("\x80"), std::string("\xbf"), std::string("\xc0\x80"), std::string("\xc1\xbf"),
      std::string("\xc2"), std::string("\xc2\x7f"), std::string("\xc2\xc0"), std::string("\xe0\x9f\xbf"),
      std::string("\xe2\x82"), std::string("\xe2\x82\x2e"), std::string("\xed\xa0\x80"),
      std::string("\xed\xbf\xbf"), std::string("\xf0\x8f\xbf\xbf"), std::string("\xf0\x9f\x98"),
      std::string("\xf0\x9f\x98\x7f"), std::string("\xf4\x90\x80\x80"), std::string("\xf5\x80\x80\x80"),
      std::string("\xf8\x88\x80\x80\x80"), std::string("\xfe"), std::string("\xff"));
  CHECK_FALSE(is_utf8(text));
  CHECK_FALSE(is_utf8("good" + text));
  CHECK_FALSE(is_utf8(text + "good"));
}

TEST_CASE("control characters are those below a blank, and delete") {
  CHECK(addon::has_control_character("a\nb"));
  CHECK(addon::has_control_character("\x1f"));
  CHECK(addon::has_control_character("\x7f"));
  CHECK(addon::has_control_character(std::string_view("\0", 1)));
  CHECK_FALSE(addon::has_control_character(""));
  CHECK_FALSE(addon::has_control_character("a b~\xc3\xa9\xff"));
}

TEST_CASE("white space is trimmed from both ends only") {
  CHECK(addon::trim("  a b\t\n") == "a b");
  CHECK(addon::trim("a") == "a");
  CHECK(addon::trim(" \t\r\n ").empty());
  CHECK(addon::trim("").empty());
}

TEST_CASE("only ASCII letters are lowered") { CHECK(addon::to_lower("AbZ[@`\xc3\x89") == "abz[@`\xc3\x89"); }

TEST_CASE("parts are joined") {
  CHECK(addon::join({}, ", ").empty());
  CHECK(addon::join({"a"}, ", ") == "a");
  CHECK(addon::join({"a", "", "b"}, ", ") == "a, , b");
}

TEST_CASE("a slip of the keyboard is recognised") {
  const auto [typed, meant] = GENERATE(table<const char*, const char*>({
      {"os_capabilites", "os_capabilities"},
      {"verison", "version"},
      {"Version", "version"},
      {"versio", "version"},
      {"versionn", "version"},
      {"supervison", "supervision"},
      {"exce", "exec"},
      {"exec", "exec"},
  }));
  CAPTURE(typed);
  CHECK(did_you_mean(typed, {"exec", "os_capabilities", "requires", "supervision", "version"}) == meant);
}

TEST_CASE("what is too far from all candidates gets none") {
  const char* typed = GENERATE("", "x", "zz", "colour", "verxxyy", "xxec1");
  CAPTURE(typed);
  CHECK(did_you_mean(typed, {"exec", "version", "kind"}).empty());
  CHECK(did_you_mean("exec", {}).empty());
}

TEST_CASE("the nearest candidate wins, and of equals the first") {
  CHECK(did_you_mean("unit", {"units", "unit"}) == "unit");
  CHECK(did_you_mean("name", {"fame", "game"}) == "fame");
}

TEST_CASE("a hostile length costs no time") {
  const std::string typed(5'000'000, 'x');
  const auto begin = std::chrono::steady_clock::now();
  CHECK(did_you_mean(typed, {"exec", "version"}).empty());
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(5));
}

TEST_CASE("sizes are read by people") {
  CHECK(size_text(0) == "0 B");
  CHECK(size_text(1023) == "1023 B");
  CHECK(size_text(1024) == "1.0 KiB");
  CHECK(size_text(44544) == "43.5 KiB");
  CHECK(size_text(std::uint64_t{5} << 30) == "5.0 GiB");
  CHECK(size_text(std::uint64_t{1} << 60) == "1048576.0 TiB");
}
