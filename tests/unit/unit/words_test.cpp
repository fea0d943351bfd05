#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

TEST_CASE("a boolean is any of twelve words in any case") {
  for (const char* word : {"1", "yes", "y", "true", "t", "on", "YES", "True", "oN"}) {
    CHECK(parse_boolean(word) == std::optional(true));
  }
  for (const char* word : {"0", "no", "n", "false", "f", "off", "NO", "False", "oFF"}) {
    CHECK(parse_boolean(word) == std::optional(false));
  }
  for (const char* word : {"", "2", "yess", " yes", "enabled", "-1"}) CHECK_FALSE(parse_boolean(word));
}

TEST_CASE("blanks of every kind and number separate words") {
  CHECK(split_words(" a\tb \n  c\r") == Lines{"a", "b", "c"});
  CHECK(split_words("") == Lines{});
  CHECK(split_words(" \t ") == Lines{});
}

TEST_CASE("quotes group, also from the middle of a word, and may be empty") {
  CHECK(split_words(R"("a b" 'c "d' -o"x y"z "" '')") == Lines{"a b", "c \"d", "-ox yz", "", ""});
}

TEST_CASE("escapes are those of C, and \\s for a blank") {
  CHECK(split_words(R"(\a\b\f\n\r\t\v\\\"\'\s)") == Lines{"\a\b\f\n\r\t\v\\\"' "});
  CHECK(split_words(R"(\x41\101\u00e9\U0001f600)") == Lines{"AA\u00e9\U0001f600"});
  CHECK(split_words(R"("in \"quotes\"" 'it\'s')") == Lines{"in \"quotes\"", "it's"});
}

TEST_CASE("words with unbalanced quotes or unknown escapes are none") {
  for (const char* value : {"\"a", "a 'b", "\"a'", "a\"", "a\\"}) CHECK_FALSE(split_words(value));
  // Not an escape: another letter, too few digits, a null byte, a surrogate, beyond Unicode.
  for (const char* value :
       {"\\.", "\\q", "\\x4", "\\xg0", "\\x00", "\\000", "\\400", "\\8", "\\ud800", "\\U00110000"}) {
    CHECK_FALSE(split_words(value));
  }
}
