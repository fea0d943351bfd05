// What changed between a plan and its run, and that the host is then as it was.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "unit/executor/before.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
namespace fs = std::filesystem;

TEST_CASE("a unit that changed after the plan was made is not installed") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  const Before before(host);
  std::string message;
  ErrorKind kind = ErrorKind::stale;
  SECTION("in the bundle") {
    const std::string unit = host.bundle_path("probe") + "/probe.service";
    std::string text = read_file(unit);
    text.back() = '#';
    write_file(unit, text);
    message =
        "cannot stage probe.service of probe: the bundle's file changed after the plan was made; plan again";
  }
  SECTION("in the version, once that is staged") {
    host.on_progress = [&](std::string_view what) {
      const std::string staged = host / "opt/addons/probe/versions/1.0.0/probe.service";
      if (what.starts_with("installing")) write_file(staged, "[Service]\nUser=root\nExecStart=/bin/sh\n");
    };
    message = "/opt/addons/probe/versions/1.0.0 is not what was planned";
    kind = ErrorKind::rolled_back;
  }
  const auto outcome = host.execute(*prepared);
  CHECK_THAT(error_of(outcome), Catch::Contains(message));
  CHECK(kind_of(outcome) == kind);
  host.on_progress = nullptr;
  if (kind == ErrorKind::rolled_back) CHECK_FALSE(exists(host / "etc/systemd/system/probe.service"));
  CHECK_FALSE(exists(host / "opt/addons/probe/current"));
}

TEST_CASE("a bundle that changed after the plan was made is stale, and nothing is changed") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  const std::string program = host.bundle_path("probe") + "/probe";
  std::string message =
      "cannot stage probe of probe: the bundle's file changed after the plan was made; plan again";
  ErrorKind kind = ErrorKind::stale;
  SECTION("other bytes") { write_file(program, "PROGRAM 1.0.0"); }
  SECTION("shorter") { write_file(program, "p"); }
  SECTION("longer") {
    write_file(program, "program 1.0.0 and more");
    message = "cannot stage probe of probe: the bundle's file grew after the plan was made; plan again";
  }
  SECTION("gone") {
    fs::remove(program);
    message = "cannot stage probe of probe: cannot open " + program + ": it does not exist";
    kind = ErrorKind::rolled_back;
  }
  SECTION("a link to elsewhere") {
    fs::remove(program);
    fs::create_symlink("/etc/shadow", program);
    message = "cannot stage probe of probe: cannot open " + program +
              ": it is a symbolic link, which addonctl never follows";
    kind = ErrorKind::rolled_back;
  }
  const Before before(host);
  const auto outcome = host.execute(*prepared);
  CHECK(error_of(outcome) == message);
  CHECK(kind_of(outcome) == kind);
  before.check_unchanged();
}

TEST_CASE("a plan of an earlier generation is stale") {
  NEEDS_ROOT();
  Host host;
  host.write_bundle("probe", probe_files());
  auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  prepared->generation.number = 3;
  const Before before(host);
  const auto outcome = host.execute(*prepared);
  CHECK(error_of(outcome) == "the plan starts from generation 0, the host is at 3");
  CHECK(kind_of(outcome) == ErrorKind::stale);
  before.check_unchanged();
}
