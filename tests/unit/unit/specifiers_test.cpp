#include "unit/specifiers.hpp"

#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

// What systemd 252 printed of such units on a booted host.
TEST_CASE("specifiers of an instance's name are those of systemd") {
  const FullName name = name_of("sp-a@u-v.service");
  CHECK(resolve_specifiers("%n %N %p %P %i %I %j %J %f %d", name).text ==
        "sp-a@u-v.service sp-a@u-v sp-a sp/a u-v u/v a a /u/v /run/credentials/sp-a@u-v.service");
  CHECK(resolve_specifiers("%h %u %U %g %G %S %C %L %E %t %T %V", name).text ==
        "/root root 0 root 0 /var/lib /var/cache /var/log /etc /run /tmp /var/tmp");
}

TEST_CASE("a plain name has no instance") {
  const Resolved resolved = resolve_specifiers("<%i> %f %j", name_of("a-b.service"));
  CHECK(resolved.text == "<> /a/b b");
  CHECK(resolved.left.empty());
  CHECK(resolved.refused.empty());
}

TEST_CASE("a template's instance is left, its prefix is not") {
  const Resolved resolved = resolve_specifiers("%p %i %n", name_of("a@.service"));
  CHECK(resolved.text == "a %i %n");
  CHECK(resolved.left == "%i");
}

TEST_CASE("what depends on the machine is left") {
  for (const char* text : {"%H", "%m", "%b", "%v", "%a", "%l", "%o", "%s", "%y", "%Y", "%q", "%c"}) {
    const Resolved resolved = resolve_specifiers(text, name_of("a.service"));
    CHECK(resolved.text == text);
    CHECK(resolved.left == text);
    CHECK(resolved.refused.empty());
  }
}

TEST_CASE("a specifier that systemd does not know is refused") {
  for (const char* text : {"%F", "%Q", "%0", "%x"}) {
    const Resolved resolved = resolve_specifiers("a" + std::string(text) + "b", name_of("a.service"));
    CHECK(resolved.text == "a" + std::string(text) + "b");
    CHECK(resolved.refused == text);
  }
}

TEST_CASE("a percent sign that starts no specifier stands for itself") {
  CHECK(resolve_specifiers("5% %- %%n %%%n %", name_of("a.service")).text == "5% %- %n %a.service %");
}

TEST_CASE("escapes in an instance are undone where systemd undoes them") {
  const FullName name = name_of("a@dev-x\\x2dy.service");
  CHECK(resolve_specifiers("%i %I %f", name).text == "dev-x\\x2dy dev/x-y /dev/x-y");
  CHECK(resolve_specifiers("%f", name_of("a@-.service")).text == "/");
  CHECK(resolve_specifiers("%I", name_of("a@x\\x2.service")).refused == "%I");
  CHECK(resolve_specifiers("%I", name_of("a@x\\x00.service")).refused == "%I");
  CHECK(resolve_specifiers("%f", name_of("a@-x.service")).refused == "%f");
}
