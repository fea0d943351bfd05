#include "core/duration.hpp"

#include <catch2/catch.hpp>

using addon::parse_duration;
using std::chrono::milliseconds;

TEST_CASE("a duration is read as systemd.time(7) describes it") {
  const auto [text, wanted] = GENERATE(table<const char*, int>({
      {"30s", 30'000},
      {"30", 30'000},
      {"0", 0},
      {"0s", 0},
      {"250ms", 250},
      {"5min", 300'000},
      {"5m", 300'000},
      {"2h", 7'200'000},
      {"24h", 86'400'000},
      {"1min 30s", 90'000},
      {"1min30s", 90'000},
      {"1h 2min 3s 4ms", 3'723'004},
      {"30s 1min", 90'000},
      {"1s 1s", 2'000},
      {"30 s", 30'000},
      {"  30s\t", 30'000},
      {"0007s", 7'000},
  }));
  CAPTURE(text);
  const auto parsed = parse_duration(text);
  REQUIRE(parsed);
  CHECK(*parsed == milliseconds(wanted));
}

TEST_CASE("what is not a duration is refused, with its form") {
  const char* text = GENERATE("", " ", "s", "-1s", "+1s", "1.5s", "1,5s", "30x", "30 seconds", "30S",
                              "1min 30", "5 5", "30s,", "infinity", "1e3", "0x10", "1h-5min", "30\xc2\xb5s");
  CAPTURE(text);
  const auto parsed = parse_duration(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind() == addon::ErrorKind::invalid);
  CHECK_THAT(parsed.error().message(),
             Catch::EndsWith(" is not a duration: use whole numbers with ms, s, min or h, such as \"30s\" or "
                             "\"1min 30s\""));
}

TEST_CASE("more than a day is refused, however long the number is") {
  const char* text = GENERATE("86401", "86400001ms", "25h", "24h 1ms", "18446744073709551616s",
                              "9223372036854775807h", "99999999999999999999999999999999999999h");
  CAPTURE(text);
  const auto parsed = parse_duration(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message() ==
        "\"" + std::string(text) + "\" is not a duration: it is longer than a day");
}

TEST_CASE("a duration is written in systemd's units, and reads back as itself") {
  const auto [count, wanted] = GENERATE(table<int, const char*>({
      {0, "0s"},
      {250, "250ms"},
      {1'000, "1s"},
      {90'000, "1min30s"},
      {3'600'000, "1h"},
      {3'723'004, "1h2min3s4ms"},
      {86'400'000, "24h"},
  }));
  CHECK(addon::to_string(milliseconds(count)) == wanted);
  CHECK(parse_duration(wanted).value() == milliseconds(count));
}
