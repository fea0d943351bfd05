#include "core/unit_name.hpp"

#include <catch2/catch.hpp>
#include <string>

using addon::UnitName;

namespace {
std::string unit_name_refusal(std::string_view text) {
  const auto parsed = UnitName::parse(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().kind() == addon::ErrorKind::invalid);
  return parsed.error().message();
}
std::string refused(const std::string& shown, const std::string& why) {
  return "\"" + shown + "\" is not a unit name that an add-on may use: " + why;
}
}  // namespace

TEST_CASE("services and timers with ordinary names are accepted") {
  const auto [text, suffix] = GENERATE(table<const char*, const char*>({
      {"serviceradar-netprobe.service", ".service"},
      {"addon-backup.timer", ".timer"},
      {"a.service", ".service"},
      {"A_1:b-c.d.service", ".service"},
      {"x.timer.service", ".service"},
  }));
  CAPTURE(text);
  const auto parsed = UnitName::parse(text);
  REQUIRE(parsed);
  CHECK(parsed->str() == text);
  CHECK(parsed->suffix() == suffix);
  CHECK(parsed->is_timer() == (parsed->suffix() == ".timer"));
}

TEST_CASE("a unit of another kind is refused") {
  const char* text =
      GENERATE("", "a", "netprobe", "a.conf", "a.socket", "a.target", "a.mount", "a.service.conf",
               "a.SERVICE", "a.service ", "a.service/", "a.serviced", "service", "a.", ".");
  CAPTURE(text);
  CHECK(unit_name_refusal(text) == refused(text, "it must end in .service or .timer"));
}

TEST_CASE("a suffix alone is refused") {
  CHECK(unit_name_refusal(".service") == refused(".service", "nothing stands before its suffix"));
}

TEST_CASE("a name that is read as an option or hidden is refused") {
  const char* text = GENERATE("-a.service", "--now.service", "..service", ".a.service");
  CAPTURE(text);
  CHECK(unit_name_refusal(text) == refused(text, "it must start with a letter or digit"));
}

TEST_CASE("a name that is a path, a list, a template or text to escape is refused") {
  const auto [text, shown] = GENERATE(table<const char*, const char*>({
      {"a/b.service", "a/b.service"},
      {"/etc/a.service", "/etc/a.service"},
      {"a,b.service", "a,b.service"},
      {"a@.service", "a@.service"},
      {"a@b.service", "a@b.service"},
      {"a\\x2d.service", "a\\\\x2d.service"},
      {"a b.service", "a b.service"},
      {"a\n.service", "a\\x0a.service"},
      {"a;b.service", "a;b.service"},
      {"a*.service", "a*.service"},
      {"a%i.service", "a%i.service"},
      {"caf\xc3\xa9.service", "caf\xc3\xa9.service"},
  }));
  CAPTURE(text);
  CHECK(unit_name_refusal(text) == refused(shown, "use letters, digits, ':', '-', '_' and '.' only"));
}

TEST_CASE("traversal is refused") {
  const char* text = GENERATE("../evil.service", "a/../b.service", "../../etc/systemd/system/dbus.service");
  CAPTURE(text);
  CHECK_FALSE(UnitName::parse(text));
}

TEST_CASE("a name may have 255 characters, suffix included") {
  CHECK(UnitName::parse(std::string(247, 'a') + ".service"));
  CHECK(unit_name_refusal(std::string(248, 'a') + ".service") ==
        "\"" + std::string(120, 'a') +
            "\"... is not a unit name that an add-on may use: it is longer than 255 characters");
}
