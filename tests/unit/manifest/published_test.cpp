// Manifests of add-ons that exist: those in examples/, and published ones where they are at hand.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "texts.hpp"

using Lines = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {
std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Whatever this version does not do about a field makes no manifest invalid.
Lines faults_but_not_honoured(std::string_view text) {
  Lines lines = faults(text);
  std::erase_if(lines, [](const std::string& line) {
    return line.find(" manifest-not-honoured (warning) ") != std::string::npos;
  });
  return lines;
}

fs::path upstream() {
  const char* folder = std::getenv("ADDONCTL_UPSTREAM");
  return fs::path(folder != nullptr ? folder : ADDON_UPSTREAM_DIR) / "manifests";
}
}  // namespace

TEST_CASE("every example's manifest is valid and opens with its schema for editors") {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(ADDON_SOURCE_DIR) / "examples" / "manifests")) {
    const std::string text = read(entry.path() / "addon.yaml");
    CAPTURE(entry.path().string());
    CHECK(faults(text).empty());
    CHECK(text.find("# yaml-language-server: $schema=../../../schemas/addon-manifest.schema.json\n") == 0);
    ++count;
  }
  CHECK(count >= 2);
}

TEST_CASE("published manifests are valid, and the broken one has exactly its two faults") {
  if (!fs::exists(upstream())) {
    std::cout << "skipped: no published manifests at " << upstream() << "; set ADDONCTL_UPSTREAM\n";
    return;
  }
  int count = 0;
  for (const auto& entry : fs::directory_iterator(upstream())) {
    CAPTURE(entry.path().string());
    const bool is_broken = entry.path().filename() == "testdata-invalid_bad_delivery.yaml";
    const Lines found = faults_but_not_honoured(read(entry.path()));
    if (is_broken) {
      REQUIRE(found.size() == 2);
      CHECK(found[0].find("schema-missing-key: the document lacks the required key \"config_schema\"") !=
            std::string::npos);
      CHECK(found[1].find(
                "8:11 schema-enum /delivery: delivery is \"carrier-pigeon\", but must be one of compiled-in, "
                "pushed-artifact, os-package") == 0);
    } else {
      CHECK(found == Lines{});
    }
    ++count;
  }
  CHECK(count > 10);
}
