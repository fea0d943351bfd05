// Plans in files: read back, refused when edited, compared when the world moved on.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;
using Lines = std::vector<std::string>;

namespace {
struct World {
  Files files = probe_files("1.1.0");
  bundle::Bundle installed = make_bundle(probe_files("1.0.0"));
  host::HostState host;
  Generation generation;
  std::string policy = "policy";

  World() : host(empty_host({})), generation(generation_of({installed})) { install(host, installed); }
  Plan plan() const {
    return compile(apply({make_bundle(files)}), generation, host, Digest::of(policy)).plan;
  }
};

std::string saved_text(const Plan& plan) { return canonical(Json{{"plan", to_json(plan)}}) + "\n"; }

// As somebody would do who knows how the digest is made.
std::string sealed(Json plan) {
  plan.erase("digest");
  plan["digest"] = Digest::of(plan.dump()).str();
  return Json{{"plan", plan}}.dump();
}

SavedPlan saved(const std::string& text) {
  auto plan = read_saved_plan(text, "my.plan");
  if (!plan) {
    for (const std::string& line : messages(plan.error().findings())) UNSCOPED_INFO(line);
    FAIL(plan.error().message());
  }
  return std::move(*plan);
}
}  // namespace

TEST_CASE("a saved plan, with a reload in it, is read back as it was made") {
  const auto scan = make_bundle(scan_files(), "bundles/scan");
  const Plan plan = compile(apply({make_bundle(probe_files(), "bundles/probe"), scan}), Generation{},
                            empty_host({scan}), Digest::of("policy"))
                        .plan;
  REQUIRE_THAT(lines(plan),
               Catch::VectorContains(std::string("reload probe.service scan.service scan.timer")));
  const SavedPlan read = saved(saved_text(plan));
  CHECK(read.digest == digest_of(plan).str());
  CHECK(read.sources == Lines{"bundles/probe", "bundles/scan"});
  CHECK_FALSE(read.prune);
  CHECK(differences(read, plan) == Lines{});
}

TEST_CASE("a saved plan says whose signature it goes by, however short the key's id is") {
  for (const char* id : {"00112233445566AA", "3456789ABCDEF", "1"}) {
    Plan plan = World().plan();
    plan.signers.emplace(*AddonId::parse("probe"), bundle::Signer{"release", id, "id:probe version:1.1.0"});
    CHECK(differences(saved(saved_text(plan)), plan) == Lines{});
  }
}

TEST_CASE("a plan is invalid after any byte of it was edited") {
  const std::string text = saved_text(World().plan());
  const std::string digest = to_json(World().plan()).at("digest");
  int edits = 0;
  for (std::size_t at = 0; at + 1 < text.size(); at += 2) {
    std::string edited = text;
    edited[at] = edited[at] == '7' ? '8' : '7';
    const auto plan = read_saved_plan(edited, "my.plan");
    INFO("byte " << at << " of " << text.substr(at > 20 ? at - 20 : 0, 40));
    REQUIRE_FALSE(plan);
    CHECK(plan.error().kind() == ErrorKind::invalid);
    REQUIRE_FALSE(plan.error().findings().empty());
    ++edits;
  }
  CHECK(edits > 1000);
}

TEST_CASE("a plan with an edited value names the rule plan-edited and what to do") {
  std::string text = saved_text(World().plan());
  const auto at = text.find("cap_net_raw=ep");
  REQUIRE(at != std::string::npos);
  text.replace(at, 14, "cap_sys_adm=ep");
  const auto plan = read_saved_plan(text, "my.plan");
  REQUIRE_FALSE(plan);
  REQUIRE(plan.error().findings().size() == 1);
  const Finding& finding = plan.error().findings().front();
  CHECK(finding.rule->id == std::string("plan-edited"));
  CHECK_THAT(finding.message, Catch::StartsWith("my.plan was changed after it was made: its content does not "
                                                "fit its digest sha256:"));
  CHECK(finding.fix == "make the plan again with addonctl plan -o");
}

TEST_CASE("what is no plan at all is invalid") {
  const std::string text = GENERATE(std::string(), std::string("{"), std::string("[]"), std::string("null"),
                                    std::string("{\"plan\":1}"), std::string("{\"plan\":{}}"),
                                    std::string("\xff\xfe"), std::string(1000, '['));
  const auto plan = read_saved_plan(text, "my.plan");
  REQUIRE_FALSE(plan);
  CHECK(plan.error().kind() == ErrorKind::invalid);
}

TEST_CASE("a well sealed plan whose fields are of the wrong type is invalid, not a crash") {
  Json json = to_json(World().plan());
  SECTION("prune") { json["prune"] = "yes"; }
  SECTION("plan_version") { json["plan_version"] = "1"; }
  SECTION("no plan_version") { json.erase("plan_version"); }
  SECTION("generation") { json["generation"] = -1; }
  SECTION("no generation") { json.erase("generation"); }
  SECTION("source") { json["inputs"]["addons"][0]["source"] = 4; }
  SECTION("no source") { json["inputs"]["addons"][0].erase("source"); }
  const auto plan = read_saved_plan(sealed(json), "my.plan");
  REQUIRE_FALSE(plan);
  CHECK(plan.error().kind() == ErrorKind::invalid);
  CHECK(plan.error().findings().size() == 1);
}

TEST_CASE("a well sealed plan that shows other things than it would do is stale") {
  const Plan plan = World().plan();
  Json json = to_json(plan);
  Lines expected{"the steps that it takes"};
  SECTION("a step less") { json["steps"].erase(0); }
  SECTION("a step that says something else") { json["steps"][0]["version"] = "9.9.9"; }
  SECTION("privileges that are none") { json["steps"][1]["privileges"] = Json::array(); }
  SECTION("summary") {
    json["summary"]["update"] = 0;
    expected = {"its summary"};
  }
  SECTION("changes") {
    json["changes"] = Json::array();
    expected = {"its changes"};
  }
  SECTION("version") {
    json["inputs"]["addons"][0]["version"] = "9.9.9";
    expected = {"the version of probe"};
  }
  SECTION("plan version") {
    json["plan_version"] = 99;
    expected = {"the executor's plan version"};
  }
  CHECK(differences(saved(sealed(json)), plan) == expected);
}

TEST_CASE("each thing that made a plan stale is named") {
  const SavedPlan old = saved(saved_text(World().plan()));
  World now;
  Lines expected;
  SECTION("nothing") {}
  SECTION("policy") {
    now.policy = "another";
    expected = {"the site policy"};
  }
  SECTION("file") {
    now.files.at("probe.conf") += "x";
    expected = {"file probe.conf of probe"};
  }
  SECTION("new file") {
    now.files["more"] = "x";
    expected = {"file more of probe, which is new"};
  }
  SECTION("file gone") {
    now.files.erase("probe.conf");
    expected = {"file probe.conf of probe, which is gone"};
  }
  SECTION("manifest") {
    now.files.at("addon.yaml") += "x-note: 1\n";
    expected = {"file addon.yaml of probe", "the manifest of probe"};
  }
  SECTION("generation") {
    now.generation.number = 8;
    expected = {"the host's generation: 7 then, 8 now"};
  }
  SECTION("host") {
    now.host.units.at(unit_name("probe.service")).links.clear();
    expected = {"the state of the host"};
  }
  SECTION("add-on") {
    now.files = scan_files();
    now.host.addons[id("scan")];
    const Lines differ = differences(old, now.plan());
    CHECK_THAT(differ, Catch::VectorContains(std::string("add-on probe, which its bundle no longer holds")));
    CHECK_THAT(differ, Catch::VectorContains(std::string("add-on scan, which the plan does not know")));
    return;
  }
  CHECK(differences(old, now.plan()) == expected);
}

TEST_CASE("where a bundle lies and which line allows a step do not make a plan stale") {
  const SavedPlan old = saved(saved_text(World().plan()));
  World now;
  Plan plan =
      compile(apply({make_bundle(now.files, "/elsewhere")}), now.generation, now.host, Digest::of(now.policy))
          .plan;
  plan.steps.front().allowed_by.push_back({"capability cap_net_raw", {}, {"policy.yaml", 3, ""}});
  CHECK(differences(old, plan) == Lines{});
}
