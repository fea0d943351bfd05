#include "cli/render_findings.hpp"

#include <catch2/catch.hpp>

#include "unit/cli/temporary_directory.hpp"

namespace addon::cli {

namespace {
std::string render_at(const SourceSpan& at) {
  return render({make_finding(rules::schema_type, "wrong", at)}, Palette());
}
}  // namespace

TEST_CASE("a finding shows its line with the word underlined") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "id: x\ncapabilites: [y]\n");
  CHECK(render_at({file, 2, 1}) ==
        "error[schema-type]: wrong\n"
        "  --> " +
            file +
            ":2:1\n"
            "  |\n"
            "2 | capabilites: [y]\n"
            "  | ^^^^^^^^^^^\n");
}

TEST_CASE("columns count characters, not bytes") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "ä: ö: ü\n");
  CHECK(render_at({file, 1, 7}).ends_with("1 | ä: ö: ü\n  |       ^\n"));
}

TEST_CASE("a place that the file does not have shows no line") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "id: x\n");
  CHECK(render_at({file, 9, 1}) == "error[schema-type]: wrong\n  --> " + file + ":9:1\n");
  CHECK(render_at({file, 1, 99}) == "error[schema-type]: wrong\n  --> " + file + ":1:99\n");
  CHECK(render_at({directory / "absent", 1, 1}) ==
        "error[schema-type]: wrong\n  --> " + (directory / "absent") + ":1:1\n");
}

TEST_CASE("a long line is cut around its column") {
  const TemporaryDirectory directory;
  const std::string file =
      directory.write("a.yaml", std::string(500, 'a') + " here " + std::string(500, 'b') + "\n");
  const std::string text = render_at({file, 1, 502});
  CHECK(text.find("1 | ..." + std::string(49, 'a') + " here " + std::string(45, 'b') + "...\n") !=
        std::string::npos);
  CHECK(text.ends_with("\n  | " + std::string(53, ' ') + "^^^^\n"));
}

TEST_CASE("a line cannot steer the terminal that it is shown on") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "id: \x1b]0;owned\x07\n");
  CHECK(render_at({file, 1, 1}).find('\x1b') == std::string::npos);
}

TEST_CASE("findings are counted by severity") {
  CHECK(count_findings({}) == "no findings");
  CHECK(count_findings({make_finding(rules::schema_type, "a")}) == "1 error");
  CHECK(count_findings({make_finding(rules::schema_type, "a"), make_finding(rules::schema_enum, "b"),
                        make_finding(rules::capability_blank, "c")}) == "2 errors, 1 warning");
}

}  // namespace addon::cli
