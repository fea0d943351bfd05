#include "cli/bundle_sources.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "unit/cli/temporary_directory.hpp"

namespace addon::cli {

namespace {
// Relative names are relative to where the process is.
class Inside {
 public:
  explicit Inside(const std::string& directory) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(directory);
  }
  ~Inside() { std::filesystem::current_path(before_); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  std::filesystem::path before_;
};
}  // namespace

TEST_CASE("a manifest stands for the directory that it is in") {
  const TemporaryDirectory directory;
  directory.make("probe");
  directory.write("probe/addon.yaml", "");
  CHECK(name_source(directory / "probe/addon.yaml", "").path == directory / "probe");
  CHECK(name_source(directory / "probe", "").path == directory / "probe");
  const Inside inside(directory / "probe");
  CHECK(name_source("addon.yaml", "").path == ".");
}

TEST_CASE("a plan remembers relative bundles relative to itself") {
  const TemporaryDirectory directory;
  directory.make("work/probe");
  directory.make("elsewhere");
  const Inside inside(directory / "work");
  CHECK(name_source("probe", "p.plan").name == "probe");
  CHECK(name_source("./probe/", "p.plan").name == "probe");
  CHECK(name_source("probe", "../elsewhere/p.plan").name == "../work/probe");
  CHECK(name_source("probe", directory / "work/p.plan").name == "probe");
  CHECK(name_source(".", "p.plan").name == ".");
}

TEST_CASE("a plan remembers absolute bundles as they are") {
  CHECK(name_source("/srv/bundles/probe/", "p.plan").name == "/srv/bundles/probe");
  CHECK(name_source("/srv/./bundles/probe", "p.plan").name == "/srv/bundles/probe");
}

TEST_CASE("a plan's bundles are found from where the plan is") {
  CHECK(locate_source("probe", "work/p.plan", std::nullopt).path == "work/probe");
  CHECK(locate_source("../probe", "work/p.plan", std::nullopt).path == "probe");
  CHECK(locate_source("probe", "p.plan", std::nullopt).path == "probe");
  CHECK(locate_source("/srv/probe", "work/p.plan", std::nullopt).path == "/srv/probe");
  CHECK(locate_source("probe", "work/p.plan", std::nullopt).name == "probe");
}

TEST_CASE("another source directory is where all bundles are, and none outside of it") {
  CHECK(locate_source("bundles/probe", "p.plan", "/mnt").path == "/mnt/bundles/probe");
  CHECK(locate_source("/srv/probe", "p.plan", "/mnt").path == "/mnt/probe");
  CHECK(locate_source("../../etc/probe", "p.plan", "/mnt").path == "/mnt/probe");
}

TEST_CASE("findings name files by where they are, not by what a plan calls them") {
  std::vector<Finding> findings = {make_finding(rules::schema_type, "a", {"probe/addon.yaml", 1, 1}),
                                   make_finding(rules::schema_type, "b", {"probe", 0, 0}),
                                   make_finding(rules::schema_type, "c", {"probe-2/addon.yaml", 1, 1})};
  show_paths(findings, {{"work/probe", "probe"}});
  CHECK(findings[0].at.file == "work/probe/addon.yaml");
  CHECK(findings[1].at.file == "work/probe");
  CHECK(findings[2].at.file == "probe-2/addon.yaml");
}

TEST_CASE("every bundle that cannot be opened is named") {
  const TemporaryDirectory directory;
  std::filesystem::create_directory_symlink("/etc", directory / "link");
  const auto opened =
      open_sources({{directory / "absent", "a"}, {directory / "link", "b"}}, {host::PlatformFacts{}});
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind() == ErrorKind::invalid);
  REQUIRE(opened.error().findings().size() == 2);
  CHECK(opened.error().findings()[0].message ==
        "cannot open " + (directory / "absent") + ": it does not exist");
}

}  // namespace addon::cli
