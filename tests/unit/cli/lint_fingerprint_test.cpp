#include <catch2/catch.hpp>
#include <set>

#include "cli/lint/fingerprint.hpp"
#include "temporary_directory.hpp"

namespace addon::cli {

namespace {
LintSubject subject(const std::string& file, const std::vector<int>& lines) {
  LintSubject made;
  for (const int line : lines)
    made.findings.push_back({make_finding(rules::schema_unknown_key, "unknown key", {file, line, 1})});
  return made;
}

std::vector<std::string> fingerprints(const std::string& file, const std::vector<int>& lines) {
  std::vector<LintSubject> subjects = {subject(file, lines)};
  fingerprint(subjects);
  std::vector<std::string> out;
  for (const LintFinding& found : subjects.front().findings) out.push_back(found.fingerprint);
  return out;
}
}  // namespace

TEST_CASE("reports call a file by its path below the working directory, however it was named") {
  CHECK(report_path("./a//b/../c.yaml", "/work") == "a/c.yaml");
  CHECK(report_path("/work/a/c.yaml", "/work") == "a/c.yaml");
  CHECK(report_path("/workshop/c.yaml", "/work") == "/workshop/c.yaml");
  CHECK(report_path("../c.yaml", "/work") == "../c.yaml");
  CHECK(report_path("dir/", "/work") == "dir");
  CHECK(report_path("/a", "/") == "a");
  CHECK(report_path("", "/work").empty());
}

TEST_CASE("a fingerprint does not change from version to version") {
  // printf '["schema-type","a.yaml","id: 5",1]' | sha256sum
  CHECK(fingerprint("schema-type", "a.yaml", "  id: 5\t", 1) ==
        "12d8b69ddf2cd215b3b614fd03d4f0d221ae60f4664cd902c295d19d50b0cd2a");
}

TEST_CASE("a fingerprint stays when lines move or are indented otherwise") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "colour: blue\nsize: 3\n");
  const auto before = fingerprints(file, {1, 2});
  directory.write("a.yaml", "# new\n\n  colour: blue  \nx: y\nsize: 3\n");
  CHECK(fingerprints(file, {3, 5}) == before);
  directory.write("a.yaml", "colour: red\nsize: 3\n");
  CHECK(fingerprints(file, {1, 2})[0] != before[0]);
  CHECK(fingerprints(file, {1, 2})[1] == before[1]);
}

TEST_CASE("findings that look alike have fingerprints of their own") {
  const TemporaryDirectory directory;
  const std::string file = directory.write("a.yaml", "- x: 1\n- x: 1\n");
  const auto found = fingerprints(file, {1, 1, 2, 0, 0});
  CHECK(std::set<std::string>(found.begin(), found.end()).size() == 5);
}

}  // namespace addon::cli
