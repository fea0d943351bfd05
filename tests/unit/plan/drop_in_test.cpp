// The limits of a service: when the drop-in is written, changed, repaired and taken away.
#include <catch2/catch.hpp>

#include "plan/lint.hpp"
#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
const std::string all_limits =
    "resources: {cpu_max_percent: 20, memory_max_bytes: 268435456, memory_high_bytes: 201326592, tasks_max: "
    "64, "
    "slice: system.slice}\n";

Files with(Files files, const std::string& more) {
  files.at("addon.yaml") += more;
  return files;
}

/// The steps that are about the drop-in, or that follow from it.
Lines relevant(const Compiled& compiled) {
  CHECK(messages(compiled.findings) == Lines{});
  Lines found;
  for (const std::string& line : lines(compiled.plan)) {
    if (line.find("drop-in") != std::string::npos || line.starts_with("reload") ||
        line.starts_with("restart"))
      found.push_back(line);
  }
  return found;
}
}  // namespace

TEST_CASE("limits become a drop-in of the primary service, with those that are declared and no other") {
  const auto all = make_drop_in(make_bundle(with(probe_files(), all_limits)));
  REQUIRE(all);
  CHECK(all->unit == unit_name("probe.service"));
  CHECK(all->text() ==
        "[Service]\nCPUQuota=20%\nMemoryHigh=201326592\nMemoryMax=268435456\nSlice=system.slice\nTasksMax="
        "64\n");
  const auto one = make_drop_in(make_bundle(with(probe_files(), "resources: {tasks_max: 8}\n")));
  REQUIRE(one);
  CHECK(one->text() == "[Service]\nTasksMax=8\n");
  CHECK_FALSE(make_drop_in(make_bundle(probe_files())));
  CHECK_FALSE(make_drop_in(make_bundle(with(probe_files(), "resources: {}\n"))));
}

TEST_CASE("with a timer the service that it starts is limited") {
  const auto scan = make_drop_in(make_bundle(with(scan_files(), "resources: {tasks_max: 8}\n")));
  REQUIRE(scan);
  CHECK(scan->unit == unit_name("scan.service"));
}

TEST_CASE("limits of a service that is not the add-on's are said to have no effect") {
  Files files = with(scan_files(), "resources: {tasks_max: 8}\n");
  files.at("scan.timer").replace(0, 8, "[Timer]\nUnit=other.service\n");
  const auto scan = make_bundle(files);
  const Compiled compiled = plan_for(apply({scan}), Generation{}, empty_host({scan}));
  CHECK(messages(compiled.findings) ==
        Lines{"manifest-not-honoured: resources has no effect: scan.timer starts no service of the add-on"});
}

TEST_CASE("a first installation writes the drop-in after the unit and before the reload") {
  const auto probe = make_bundle(with(probe_files(), "resources: {tasks_max: 8}\n"));
  const Compiled compiled = plan_for(apply({probe}), Generation{}, empty_host({probe}));
  const Lines all = lines(compiled.plan);
  CHECK(all.at(2) == "install-unit probe probe.service");
  CHECK(all.at(3) == "install-drop-in probe probe.service: TasksMax=8");
  CHECK(relevant(compiled) ==
        Lines{"install-drop-in probe probe.service: TasksMax=8", "reload probe.service"});
  const Json json = to_json(compiled.plan.steps.at(3));
  CHECK(json.at("op") == "install-drop-in");
  CHECK(json.at("unit") == "probe.service");
  CHECK(json.at("name") == "50-addonctl-resources.conf");
  CHECK(json.at("before").is_null());
  CHECK(json.at("after") == Digest::of("[Service]\nTasksMax=8\n").hex());
  CHECK(json.at("settings") == Json{{"TasksMax", "8"}});
}

TEST_CASE("the same limits need no step, others replace them and restart") {
  const auto old = make_bundle(with(probe_files("1.0.0"), "resources: {tasks_max: 8}\n"));
  host::HostState host = empty_host({});
  install(host, old);
  CHECK(lines(plan_for(apply({old}), generation_of({old}), host).plan) == Lines{});
  const auto other = make_bundle(with(probe_files("1.1.0"), "resources: {tasks_max: 9}\n"));
  CHECK(relevant(plan_for(apply({other}), generation_of({old}), host)) ==
        Lines{"install-drop-in probe probe.service: TasksMax=9", "reload probe.service",
              "restart-unit probe probe.service"});
  const auto same = make_bundle(with(probe_files("1.1.0"), "resources: {tasks_max: 8}\n"));
  CHECK(relevant(plan_for(apply({same}), generation_of({old}), host)) ==
        Lines{"restart-unit probe probe.service"});
}

TEST_CASE("a version without limits, and removal, take the drop-in away") {
  const auto old = make_bundle(with(probe_files("1.0.0"), "resources: {tasks_max: 8}\n"));
  host::HostState host = empty_host({});
  install(host, old);
  const auto fresh = make_bundle(probe_files("1.1.0"));
  CHECK(relevant(plan_for(apply({fresh}), generation_of({old}), host)) ==
        Lines{"remove-drop-in probe probe.service", "reload probe.service",
              "restart-unit probe probe.service"});
  CHECK(relevant(plan_for(removal({"probe"}), generation_of({old}), host)) ==
        Lines{"remove-drop-in probe probe.service", "reload probe.service"});
}

TEST_CASE("a drop-in that drifted is written again, also without a bundle") {
  const auto probe = make_bundle(with(probe_files(), "resources: {tasks_max: 8}\n"));
  host::HostState host = empty_host({});
  install(host, probe);
  auto& drop_in = host.units.at(unit_name("probe.service")).drop_in;
  SECTION("other bytes") { drop_in->sha256 = Digest::of("altered"); }
  SECTION("gone") { drop_in.reset(); }
  SECTION("another mode") { drop_in->state.mode = 0666; }
  SECTION("another owner") { drop_in->state.uid = 1000; }
  const Generation generation = generation_of({probe});
  for (const Wish& wish : {repair(generation, {probe}), repair(generation, std::vector<bundle::Bundle>{})})
    CHECK(relevant(plan_for(wish, generation, host)) ==
          Lines{"install-drop-in probe probe.service: TasksMax=8", "reload probe.service",
                "restart-unit probe probe.service"});
}

TEST_CASE("what stood at a drop-in is part of what a plan is bound to") {
  const auto probe = make_bundle(with(probe_files(), "resources: {tasks_max: 8}\n"));
  host::HostState host = empty_host({});
  install(host, probe);
  const Generation generation = generation_of({probe});
  const Digest before = plan_for(apply({probe}), generation, host).plan.host;
  host.units.at(unit_name("probe.service")).drop_in->sha256 = Digest::of("altered");
  CHECK(plan_for(apply({probe}), generation, host).plan.host != before);
}

TEST_CASE("a record keeps the limits, and refuses other settings") {
  const Release release = make_release(make_bundle(with(probe_files(), all_limits)));
  Json json = to_json(release);
  const auto read = release_from_json(json);
  REQUIRE(read);
  CHECK(read->drop_in == release.drop_in);
  const auto refused = [&] { return release_from_json(json).error().message(); };
  SECTION("a setting that resources cannot make") {
    json["drop_in"]["settings"]["ExecStart"] = "/bin/sh";
    CHECK(refused() == "\"settings\" has other settings than those of resources");
  }
  SECTION("a value of two lines") {
    json["drop_in"]["settings"]["Slice"] = "a.slice\nUser=root";
    CHECK(refused() == "\"Slice\" is no value of a setting");
  }
  SECTION("none") {
    json["drop_in"]["settings"] = Json::object();
    CHECK(refused() == "\"settings\" has other settings than those of resources");
  }
}

TEST_CASE("lint knows of the drop-in, and of its settings as a part of the unit") {
  const auto steps = lint_steps(make_bundle(with(probe_files(), "resources: {slice: a.slice}\n")));
  const auto& drop_in = std::get<InstallDropIn>(steps.back().action);
  REQUIRE(drop_in.directives.size() == 1);
  CHECK(drop_in.directives[0].key == "Slice");
  CHECK(drop_in.directives[0].at.file == "bundles/it/addon.yaml");
  bool found = false;
  for (const Step& step : steps) {
    const auto* unit = std::get_if<InstallUnit>(&step.action);
    if (unit == nullptr) continue;
    found = true;
    CHECK(unit->directives.back().value == "a.slice");
  }
  CHECK(found);
}
