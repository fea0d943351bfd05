// requires.platforms and requires.addons, against the host and what is active once a plan is done.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
Files requiring(const std::string& what) { return plan::test::requiring(probe_files(), what); }

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

namespace {
Files named(const char* name, const std::string& needs = "", const std::string& release = "1.0.0") {
  Files files = relay_files(release);
  std::string& text = files.at("addon.yaml");
  text.replace(text.find("id: relay"), 9, std::string("id: ") + name);
  return needs.empty() ? files : plan::test::requiring(files, needs);
}

/// Of the lines of a plan those with that word in front, and of these the add-on.
Lines order_of(const Plan& plan, const std::string& op) {
  Lines ids;
  for (const std::string& line : lines(plan)) {
    if (!line.starts_with(op + " ")) continue;
    const std::string rest = line.substr(op.size() + 1);
    ids.push_back(rest.substr(0, rest.find(' ')));
  }
  return ids;
}
}  // namespace

TEST_CASE("what is needed comes first in each phase, and of the rest what comes first by id") {
  // d needs b and c, which both need z; a needs nobody.
  const std::vector<bundle::Bundle> all = {
      make_bundle(named("a")), make_bundle(named("b", "{id: z}")), make_bundle(named("c", "{id: z}")),
      make_bundle(named("d", "{id: b}, {id: c}")), make_bundle(named("z"))};
  const Compiled compiled = plan_for(apply(all), Generation{}, empty_host(all));
  CHECK(messages(compiled.findings) == Lines{});
  for (const char* op : {"stage", "set-capabilities", "switch-current"})
    CHECK(order_of(compiled.plan, op) == Lines{"a", "z", "b", "c", "d"});
}

TEST_CASE("add-ons that need each other in a circle are told as one circle") {
  const auto a = make_bundle(named("a", "{id: b}"), "a");
  const auto b = make_bundle(named("b", "{id: c}"), "b");
  const auto c = make_bundle(named("c", "{id: a}"), "c");
  const Compiled compiled = plan_for(apply({a, b, c}), Generation{}, empty_host({a, b, c}));
  CHECK(messages(compiled.findings) ==
        Lines{"addon-cycle: none of these can be the first: a needs b (a/addon.yaml:10:26), b needs c "
              "(b/addon.yaml:10:26), c needs a (c/addon.yaml:10:26)"});
  CHECK(compiled.findings[0].at.file == "a/addon.yaml");
  // The last of them may be the only one that is new.
  host::HostState host = empty_host({a});
  install(host, b);
  install(host, c);
  CHECK(
      found(apply({a}), generation_of({b, c}), host) ==
      Lines{
          "addon-cycle: none of these can be the first: a needs b (a/addon.yaml:10:26), b needs c (as it is "
          "installed), c needs a (as it is installed)"});
}

TEST_CASE("an add-on that needs itself is found in its manifest") {
  const auto parsed = manifest::parse_manifest(named("a", "{id: a}").at("addon.yaml"), "addon.yaml");
  CHECK(messages(parsed.findings) == Lines{"addon-cycle: a needs itself"});
}

TEST_CASE("what an active add-on needs is not removed without it") {
  const auto base = make_bundle(named("base"));
  const auto app = make_bundle(named("app", "{id: base, version: '>=1.0.0'}"));
  host::HostState host = empty_host({});
  install(host, base);
  install(host, app);
  const Generation generation = generation_of({app, base});
  const Compiled refused = plan_for(removal({"base"}), generation, host);
  CHECK(messages(refused.findings) ==
        Lines{"host-addon-needed: base would go, and app 1.0.0, which is active, needs base >=1.0.0"});
  CHECK(refused.findings[0].fix == "remove app, too, in the same run or before");
  CHECK(refused.findings[0].addon == "base");
  CHECK(found(removal({"app"}), generation, host) == Lines{});
  const Compiled both = plan_for(removal({"app", "base"}), generation, host);
  CHECK(messages(both.findings) == Lines{});
  CHECK(order_of(both.plan, "switch-current") == Lines{"app", "base"});
  Wish prune = apply({app});
  prune.prune = true;
  CHECK(found(prune, generation, host) ==
        Lines{"host-addon-missing: app needs add-on base >=1.0.0, which would not be active"});
}

TEST_CASE("what goes goes before what it needs, by whatever names") {
  const auto a = make_bundle(named("a"));
  const auto b = make_bundle(named("b", "{id: c}"));
  const auto c = make_bundle(named("c", "{id: a}"));
  host::HostState host = empty_host({});
  for (const auto& one : {a, b, c}) install(host, one);
  CHECK(order_of(plan_for(removal({"a", "b", "c"}), generation_of({a, b, c}), host).plan, "switch-current") ==
        Lines{"b", "c", "a"});
}

TEST_CASE("what an active add-on needs does not become a version that will not do") {
  const auto base = make_bundle(named("base", "", "2.0.0"));
  const auto older = make_bundle(named("base", "", "1.9.0"));
  const auto app = make_bundle(named("app", "{id: base, version: '>=2.0.0'}"));
  host::HostState host = empty_host({});
  install(host, base);
  install(host, app);
  const Generation generation = generation_of({app, base});
  const Compiled refused = plan_for(apply({older}), generation, host);
  CHECK(messages(refused.findings) == Lines{"host-addon-needed: base 1.9.0 would be active, and app 1.0.0, "
                                            "which is active, needs base >=2.0.0"});
  CHECK(refused.findings[0].fix == "let base be a version that app can use, or change app, too");
  const auto modest = make_bundle(named("app", "{id: base}", "0.9.0"));
  CHECK(found(apply({modest, older}), generation, host) == Lines{});
}
