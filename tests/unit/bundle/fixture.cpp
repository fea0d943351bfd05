#include "fixture.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "linux/directory.hpp"

namespace addon::bundle::test {

namespace fs = std::filesystem;

Fixture::Fixture() {
  std::string name = (fs::temp_directory_path() / "addonctl-bundle-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  path_ = name;
  write("config.schema.json", "{}");
}

Fixture::~Fixture() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void Fixture::write(std::string_view name, std::string_view text) const {
  const fs::path file = path(name);
  fs::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  REQUIRE(stream.flush());
}

ReadBundle Fixture::read(Origin origin, const host::KnownDigests& known) const {
  auto directory = linux::open_directory_path(path_);
  REQUIRE(directory);
  return read_directory(std::move(*directory), "SOURCE", origin, known);
}

std::string manifest_text(std::string_view supervision, std::string_view more) {
  return fmt::format(
      "id: probe\nname: Probe\nversion: 1.2.3\ndescription: Probes.\nkind: native\n"
      "delivery: pushed-artifact\nsupervision: {}\nlanguage: rust\ncapabilities: [probing]\n"
      "requires: {{platforms: [linux], os_capabilities: [], run_as: probe}}\n"
      "exec: {{binary: probe, install_path: /usr/local/lib/probe}}\nconfig_schema: config.schema.json\n{}",
      supervision, more);
}

void write_service_bundle(const Fixture& fixture, std::string_view more) {
  fixture.write("addon.yaml", manifest_text("systemd-service", more));
  fixture.write("probe", "#!/bin/true\n");
  fixture.write("probe.service", service);
}

std::vector<std::string> shown(const ReadBundle& read) {
  std::vector<std::string> lines;
  for (const Finding& finding : read.findings) {
    const SourceSpan at{finding.at.file, finding.at.line, 0};
    lines.push_back(fmt::format("{} {}: {}", to_string(at), finding.rule->id, finding.message));
  }
  return lines;
}

}  // namespace addon::bundle::test
