// A version that was active once: neither an older one nor other bytes take its place unseen, whatever is
// left of it.
#include <catch2/catch.hpp>
#include <filesystem>

#include "executor/collect.hpp"
#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;

namespace {
/// Removes the add-on, and every trace of its versions that gc removes.
void forget(Host& host) {
  host.must(Host::remove({"probe"}));
  const auto root = linux::open_root(host / "");
  REQUIRE(error_of(root) == "");
  const auto garbage = find_garbage(**root, 1);
  REQUIRE(error_of(garbage) == "");
  REQUIRE(error_of(collect(**root, *garbage)) == "");
  REQUIRE(names_in(host / "opt/addons/probe/versions").empty());
}

Lines refused(Host& host) {
  const auto prepared = host.prepare(host.apply({"probe"}));
  REQUIRE(error_of(prepared) == "");
  return messages(prepared->findings);
}
}  // namespace

TEST_CASE("a version older than one that was ever active is refused, also when nothing is left of that") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.install("probe", probe_files("1.1.0"));
  SECTION("removed, and its files collected") {
    forget(host);
    host.write_bundle("probe", probe_files("1.0.0"));
    CHECK(refused(host) ==
          Lines{"policy-downgrade: probe 1.0.0 is older than 1.1.0, which was once active; no "
                "policy line allows downgrades"});
  }
  SECTION("left by a rollback") {
    host.must(Host::rollback("probe"));
    host.write_bundle("probe", probe_files("1.0.5"));
    CHECK(refused(host) ==
          Lines{"policy-downgrade: probe 1.0.5 is older than 1.1.0, which was once active; no "
                "policy line allows downgrades"});
  }
}

TEST_CASE("what a rollback made active can be applied again, and the newest version, too") {
  NEEDS_ROOT();
  Host host;
  host.install("probe", probe_files("1.0.0"));
  host.install("probe", probe_files("1.1.0"));
  host.must(Host::rollback("probe"));
  host.write_bundle("probe", probe_files("1.0.0"));
  CHECK(refused(host) == Lines{});
  host.must(Host::remove({"probe"}));
  host.write_bundle("probe", probe_files("1.1.0"));
  CHECK(refused(host) == Lines{});
}

TEST_CASE("a version that comes back with other bytes is refused by name, also when nothing is left of it") {
  NEEDS_ROOT();
  Host host;
  Files files = probe_files("1.0.0");
  host.install("probe", files);
  forget(host);
  host.write_bundle("probe", files);
  CHECK(refused(host) == Lines{});
  files.at("probe") += "more";
  host.write_bundle("probe", files);
  CHECK(refused(host) ==
        Lines{"version-content-changed: probe 1.0.0 was active on this host before, with other "
              "content than this bundle has"});
}
