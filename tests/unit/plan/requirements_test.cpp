// requires.platforms and requires.addons, against the host and what is active once a plan is done.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
Files requiring(const std::string& what) {
  Files files = probe_files();
  std::string& text = files.at("addon.yaml");
  text.insert(text.find("  platforms"), "  addons: [" + what + "]\n");
  return files;
}

Lines found(const Wish& wish, const Generation& generation, const host::HostState& host) {
  return messages(plan_for(wish, generation, host).findings);
}
}  // namespace

TEST_CASE("an add-on that is not for linux is refused") {
  Files files = probe_files();
  std::string& text = files.at("addon.yaml");
  text.replace(text.find("[linux]"), 7, "[darwin, windows]");
  const auto probe = make_bundle(files);
  CHECK(found(apply({probe}), Generation{}, empty_host({probe})) ==
        Lines{"host-platform: this host runs linux; the add-on is for darwin, windows"});
}

TEST_CASE("an add-on that another one needs must be there, in a version that fits") {
  const auto scan = make_bundle(scan_files("1.4.0"));
  const auto any = make_bundle(requiring("{id: scan}"));
  const auto newer = make_bundle(requiring("{id: scan, version: '>=1.4.0 <2.0.0'}"));
  const auto newest = make_bundle(requiring("{id: scan, version: '>=2.0.0'}"));
  host::HostState host = empty_host({any, scan});
  CHECK(found(apply({any}), Generation{}, host) ==
        Lines{"host-addon-missing: probe needs add-on scan, which would not be active"});
  CHECK(found(apply({any, scan}), Generation{}, host) == Lines{});
  CHECK(found(apply({newer, scan}), Generation{}, host) == Lines{});
  CHECK(found(apply({newest, scan}), Generation{}, host) ==
        Lines{"host-addon-missing: probe needs add-on scan >=2.0.0, and 1.4.0 would be active"});
  install(host, scan);
  const Generation generation = generation_of({scan});
  CHECK(found(apply({newer}), generation, host) == Lines{});
  const Compiled refused = plan_for(apply({newest}), generation, host);
  REQUIRE(refused.findings.size() == 1);
  CHECK(refused.findings[0].fix == "apply scan >=2.0.0 first, or in the same run");
  CHECK(refused.findings[0].pointer == "/requires/addons/0/id");
}

TEST_CASE("an add-on that the same run prunes is not there") {
  const auto scan = make_bundle(scan_files());
  const auto probe = make_bundle(requiring("{id: scan}"));
  host::HostState host = empty_host({probe});
  install(host, scan);
  Wish wish = apply({probe});
  wish.prune = true;
  CHECK(found(wish, generation_of({scan}), host) ==
        Lines{"host-addon-missing: probe needs add-on scan, which would not be active"});
}
