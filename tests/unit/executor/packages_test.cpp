// What real package managers do not do on demand: fail, and change between plan and start.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "unit/executor/host.hpp"

namespace addon::executor::test {

namespace {
class FakePackages final : public host::PackageDatabase {
 public:
  std::string_view name() const override { return "dpkg"; }
  Result<std::optional<host::DatabasePackage>> find(const std::string& package) override {
    if (fails) return tl::unexpected(Error("/usr/bin/dpkg-query exited with status 2: database is locked"));
    if (package != "probe-package") return std::nullopt;
    return host::DatabasePackage{"installed", version, {"/usr/lib/systemd/system/probe.service"}};
  }
  Result<bool> meets(const std::string& have, std::string_view, const std::string& want) override {
    return have >= want;
  }

  bool fails = false;
  std::string version = "1.0";
};

/// A host on which a package has put probe.service.
struct PackagedHost : Host {
  PackagedHost() {
    packages = {&database};
    std::filesystem::create_directories(*this / "usr/lib/systemd/system");
    write_unit("1");
    write_bundle("tool", {{"addon.yaml", R"(id: tool
name: Tool
version: 1.0.0
kind: native
delivery: os-package
supervision: systemd-service
capabilities: [test]
requires: {run_as: probe, package: {name: probe-package}}
exec: {binary: probe}
config_schema: addon.yaml
)"}});
  }

  void write_unit(const std::string& text) const {
    write_file(*this / "usr/lib/systemd/system/probe.service",
               "[Unit]\nDescription=" + text +
                   "\n[Service]\nUser=probe\nExecStart=/usr/lib/probe/"
                   "probe\n[Install]\nWantedBy=multi-user.target\n");
  }

  FakePackages database;
};
}  // namespace

TEST_CASE("a package database that fails ends the run before anything is changed") {
  NEEDS_ROOT();
  PackagedHost host;
  host.database.fails = true;
  const Snapshot before = host.snapshot();
  const auto outcome = host.run(host.apply({"tool"}));
  CHECK(
      error_of(outcome) ==
      "cannot look for package probe-package: /usr/bin/dpkg-query exited with status 2: database is locked");
  CHECK(kind_of(outcome) == ErrorKind::failed);
  CHECK(difference(before, host.snapshot()) == Lines{});
}

TEST_CASE("a package that changes between plan and start is not activated") {
  NEEDS_ROOT();
  PackagedHost host;
  auto prepared = host.prepare(host.apply({"tool"}));
  REQUIRE(error_of(prepared) == "");
  REQUIRE(messages(prepared->findings) == Lines{});
  const Snapshot before = host.snapshot();
  SECTION("its version") { host.database.version = "1.1"; }
  SECTION("the text of a unit") { host.write_unit("2"); }
  SECTION("it is gone") { host.packages.clear(); }
  const Snapshot changed = host.snapshot();
  const auto outcome = host.execute(*prepared);
  CHECK(kind_of(outcome) == ErrorKind::stale);
  CHECK_THAT(error_of(outcome),
             Catch::Matchers::Contains("package probe-package, which brings tool, changed since"));
  CHECK(difference(changed, host.snapshot()) == Lines{});
}

TEST_CASE("a record of a packaged add-on is read back as it was") {
  NEEDS_ROOT();
  PackagedHost host;
  host.offline = true;
  host.must(host.apply({"tool"}));
  auto again = host.prepare(host.apply({"tool"}));
  REQUIRE(error_of(again) == "");
  CHECK(again->plan.steps.empty());
  CHECK(again->plan.summary.unchanged == 1);
  const plan::Release& release = again->generation.addons.at(plan::test::id("tool"));
  CHECK(release.package == plan::ReleasePackage{"dpkg", "probe-package", "1.0"});
  REQUIRE(release.units.size() == 1);
  CHECK(release.units.front().path == "/usr/lib/systemd/system/probe.service");
  CHECK(plan::to_json(plan::release_from_json(plan::to_json(release)).value()) == plan::to_json(release));
}

}  // namespace addon::executor::test
