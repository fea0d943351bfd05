#include <catch2/catch.hpp>

#include "cli/lint/escape.hpp"

namespace addon::cli {

TEST_CASE("XML text has no markup and no character that XML forbids") {
  CHECK(xml_escaped("a < b && c > \"d\" 'e'") == "a &lt; b &amp;&amp; c &gt; &quot;d&quot; &apos;e&apos;");
  CHECK(xml_escaped("a\nb\n") == "a\nb\n");
  CHECK(xml_escaped("a\tb\rc\x1b[31m\x7f") == "a b?c?[31m?");
  CHECK(xml_escaped(std::string_view("a\0b", 3)) == "a?b");
  CHECK(xml_escaped("\xff\xed\xa0\x80") == "??");
  CHECK(xml_escaped("\xef\xbf\xbe \xef\xbf\xbf \xef\xbf\xbd \u00e4 \U0001F600") ==
        "? ? \xef\xbf\xbd \u00e4 \U0001F600");
  CHECK(xml_escaped("]]>") == "]]&gt;");
}

TEST_CASE("a workflow command ends where its line ends, and nowhere else") {
  CHECK(github_data("100%\r\n::error::x, y: z") == "100%25%0D%0A::error::x, y: z");
  CHECK(github_property("a,b:c%d\ne") == "a%2Cb%3Ac%25d%0Ae");
  CHECK(github_data("%0A") == "%250A");
}

TEST_CASE("a path is a URI reference, byte by byte") {
  CHECK(uri_of("probe/addon.yaml") == "probe/addon.yaml");
  CHECK(uri_of("a b#c?d%e.yaml") == "a%20b%23c%3Fd%25e.yaml");
  CHECK(uri_of("c:/x") == "c%3A/x");
  CHECK(uri_of("\u00e4\xff") == "%C3%A4%FF");
  CHECK(uri_of("/srv/a.yaml") == "file:///srv/a.yaml");
  CHECK(uri_of("../a~b-c_d.e") == "../a~b-c_d.e");
}

}  // namespace addon::cli
