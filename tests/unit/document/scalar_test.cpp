#include "document/scalar.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "refusals.hpp"

using namespace addon::document;

TEST_CASE("plain scalars have the types of the YAML 1.2 core schema") {
  for (const char* text : {"", "~", "null", "Null", "NULL"}) CHECK(plain_scalar_type(text) == NodeType::null);
  for (const char* text : {"true", "True", "TRUE", "false", "False", "FALSE"}) {
    CHECK(plain_scalar_type(text) == NodeType::boolean);
  }
  for (const char* text : {"0", "-1", "+12", "0o17", "0x1F", "007", "99999999999999999999"}) {
    CHECK(plain_scalar_type(text) == NodeType::integer);
  }
  for (const char* text : {"1.", ".5", "-1.5e3", "1e10", "+.inf", ".Inf", "-.INF", ".nan", ".NaN", ".NAN"}) {
    CHECK(plain_scalar_type(text) == NodeType::number);
  }
  for (const char* text :
       {"yes",   "no", "on", "off", "y",  "n",  "nULL",  "tRUE",  "0o8",        "-0o1", "0xg",      "1_000",
        "1.2.3", ".",  "-",  "+",   "e3", "1e", "+.nan", "12:30", "2027-06-30", "0b1",  ".infinity"}) {
    CAPTURE(text);
    CHECK(plain_scalar_type(text) == NodeType::string);
  }
}

TEST_CASE("integers have their value in each base, and the nearest one beyond 64 bits") {
  CHECK(integer_value("0o17").value == 15);
  CHECK(integer_value("0x1F").value == 31);
  CHECK(integer_value("+12").value == 12);
  CHECK(integer_value("-9223372036854775808").value == std::numeric_limits<std::int64_t>::min());
  CHECK(integer_value("9223372036854775807").fits);
  CHECK_FALSE(integer_value("9223372036854775808").fits);
  CHECK(integer_value("9223372036854775808").value == std::numeric_limits<std::int64_t>::max());
  CHECK(integer_value("-9223372036854775809").value == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("numbers have their value") {
  CHECK(number_value("1.5e3") == 1500.0);
  CHECK(number_value("+.5") == 0.5);
  CHECK(number_value("-.inf") == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(number_value(".nan")));
  CHECK(number_value("0x10") == 16.0);
  CHECK(number_value("1e999") == std::numeric_limits<double>::max());
}

TEST_CASE("booleans have their value") {
  const Document document = parsed("[True, FALSE]");
  CHECK(document.root.items[0].as_bool());
  CHECK_FALSE(document.root.items[1].as_bool());
}
