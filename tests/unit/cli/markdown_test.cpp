#include "cli/markdown.hpp"

#include <catch2/catch.hpp>

#include "cli/markdown_plan.hpp"

namespace addon::cli {

TEST_CASE("text in a code span cannot end it") {
  CHECK(code_span("packet-probe") == "`packet-probe`");
  CHECK(code_span("a`b") == "``a`b``");
  CHECK(code_span("```") == "```` ``` ````");
  CHECK(code_span("`x") == "`` `x ``");
  CHECK(code_span("x`") == "`` x` ``");
  CHECK(code_span(" x ") == "`  x  `");
  // An empty span is no span.
  CHECK(code_span("") == "(none)");
  CHECK(code_span("   ") == "(none)");
}

TEST_CASE("a code span is one line of printable text") {
  CHECK(code_span("a\n\n# b\r\n/close") ==
        "`a??# b?"
        "?/close`");
  CHECK(code_span("\x1b[31mred") == "`?[31mred`");
  CHECK(code_span("\xe2\x80\xaeturned") == "`?turned`");
  CHECK(code_span("\xff") == "`?`");
}

TEST_CASE("nothing in a cell of a table ends the cell") {
  CHECK(code_cell("a|b") == "`a?b`");
  CHECK(code_cell("a\\|b") == "`a??b`");
  CHECK(code_cell("1.0.0+x") == "`1.0.0+x`");
}

TEST_CASE("words of a plan of a later version are no markup either") {
  const Json plan = {
      {"steps", {{{"op", "**@step**"}, {"addon", "<b>"}, {"unit", "`@u`"}}}},
      {"changes", {{{"id", "<b>"}, {"change", "@all | x"}, {"from", nullptr}, {"to", "[1](x)"}}}},
      {"summary", {{"add", 1}, {"update", 0}, {"remove", 0}, {"unchanged", 0}}}};
  CHECK(render_markdown(plan, {.findings = {}}) ==
        "### Plan: 1 to add, 0 to update, 0 to remove, 0 unchanged\n\n"
        "| Add-on | Change | From | To | Signed by |\n| --- | --- | --- | --- | --- |\n"
        "| `<b>` | `@all ? x` | – | `[1](x)` | – |\n\n"
        "#### `<b>`\n\n- `?` `**@step**`: `` `@u` ``\n");
}

}  // namespace addon::cli
