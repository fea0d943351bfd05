#include "unit/full_name.hpp"

#include <catch2/catch.hpp>

#include "unit_text.hpp"

using namespace addon;
using namespace addon::unit;

TEST_CASE("a unit's name comes apart into prefix, instance and suffix") {
  const FullName plain = name_of("foo-bar.service");
  CHECK(plain.prefix() == "foo-bar");
  CHECK(plain.stem() == "foo-bar");
  CHECK(plain.suffix() == ".service");
  CHECK_FALSE(plain.is_template());
  CHECK_FALSE(plain.is_instance());
  const FullName instance = name_of("foo@a@b.c.timer");
  CHECK(instance.prefix() == "foo");
  CHECK(instance.instance() == "a@b.c");
  CHECK(instance.is_timer());
  CHECK(instance.template_name() == name_of("foo@.timer"));
  CHECK(instance.template_name().is_template());
  CHECK(name_of("foo@.timer").with_instance("x") == name_of("foo@x.timer"));
}

TEST_CASE("what is no unit's name is none") {
  for (const char* text : {"", "a", ".service", "a.conf", "@.service", "@a.service", "a/b.service",
                           "a b.service", "a.service/", "../a.service", "a\n.service"}) {
    INFO(text);
    CHECK_FALSE(FullName::parse(text));
  }
  CHECK_FALSE(FullName::parse(std::string(248, 'a') + ".service"));
  CHECK(FullName::parse(std::string(247, 'a') + ".service"));
  CHECK(FullName::parse("-.slice"));
  CHECK(FullName::parse("dev-disk-by\\x2dlabel.swap"));
}
