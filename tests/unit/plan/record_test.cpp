// Releases and generations as JSON, there and back, and every way in which a record can be wrong.
#include <catch2/catch.hpp>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;

namespace {
Generation sample_generation() {
  Generation generation = generation_of({make_bundle(probe_files()), make_bundle(scan_files("2.0.0-rc.1"))});
  generation.known[{1, 2, 3, -4, 5}] = Digest::of("a");
  generation.known[{1, 9, 3, 4, 5}] = Digest::of("b");
  generation.drop_ins[unit_name("probe.service")] = {
      {"/etc/systemd/system/service.d/a.conf", Digest::of("c")}};
  generation.drop_ins[unit_name("scan.timer")] = {};
  generation.committed[id("probe")].emplace(version("0.9.0"), Digest::of("d"));
  generation.committed[id("gone")].emplace(version("3.0.0"), Digest::of("e"));
  return generation;
}

std::string release_error(const Json& json) {
  const auto release = release_from_json(json);
  return release ? "" : release.error().message();
}

std::string generation_error(const Json& json) {
  const auto generation = generation_from_json(json);
  return generation ? "" : generation.error().message();
}
}  // namespace

TEST_CASE("a generation is the same after it was written and read") {
  const Generation before = sample_generation();
  const Json json = to_json(before);
  const auto after = generation_from_json(json);
  REQUIRE(generation_error(json) == "");
  CHECK(after->number == 7);
  CHECK(after->time == before.time);
  CHECK(after->verb == before.verb);
  CHECK(after->summary == before.summary);
  CHECK(after->plan_digest == before.plan_digest);
  CHECK(after->known == before.known);
  CHECK(after->drop_ins == before.drop_ins);
  CHECK(after->committed == before.committed);
  REQUIRE(after->addons.size() == 2);
  const Release& probe = after->addons.at(id("probe"));
  const Release& original = before.addons.at(id("probe"));
  CHECK(probe.files == original.files);
  CHECK(probe.units == original.units);
  CHECK(probe.capabilities == original.capabilities);
  CHECK(probe.run_as == "probe");
  CHECK(probe.binary.str() == "probe");
  CHECK(probe.primary == unit_name("probe.service"));
  CHECK(probe.health.timeout == std::chrono::seconds(10));
  CHECK(probe.health.stable_for == std::chrono::seconds(2));
  CHECK(probe.manifest_sha256 == original.manifest_sha256);
  CHECK(probe.supervision == manifest::Supervision::systemd_service);
  CHECK(after->addons.at(id("scan")).version.str() == "2.0.0-rc.1");
  CHECK(to_json(*after) == json);
}

TEST_CASE("the binary with capabilities is its user's group's to execute, and nothing else is") {
  const Release probe = make_release(make_bundle(probe_files()));
  for (const ReleaseFile& file : probe.files) {
    CHECK(file.run_as_group == (file.path.str() == "probe"));
    CHECK(file.mode == (file.path.str() == "probe" ? 0750U : 0644U));
  }
  for (const ReleaseFile& file : make_release(make_bundle(scan_files())).files)
    CHECK_FALSE(file.run_as_group);
}

TEST_CASE("each field of a release that is missing or malformed is an error that names it") {
  const Json good = to_json(make_release(make_bundle(probe_files())));
  REQUIRE(release_error(good) == "");
  for (const char* key : {"id", "version", "delivery", "supervision", "run_as", "binary", "capabilities",
                          "files", "units", "health", "manifest"}) {
    INFO(key);
    Json json = good;
    json.erase(key);
    CHECK_THAT(release_error(json), Catch::StartsWith("\"" + std::string(key) + "\" is missing or not "));
    for (const Json& wrong : {Json(nullptr), Json(3.5), Json(true)}) {
      json[key] = wrong;
      CHECK_THAT(release_error(json), Catch::StartsWith("\"" + std::string(key) + "\" is missing or not "));
    }
  }
  CHECK(release_error(Json::array()) == "\"delivery\" is missing or not text");
  CHECK(release_error(Json("text")) == "\"delivery\" is missing or not text");
}

TEST_CASE("values that no release can have are errors") {
  Json json = to_json(make_release(make_bundle(probe_files())));
  std::string expected;
  SECTION("id") { json["id"] = "../etc"; }
  SECTION("version") { json["version"] = "1"; }
  SECTION("delivery") { json["delivery"] = "by-post"; }
  SECTION("supervision") { json["supervision"] = "none"; }
  SECTION("binary") { json["binary"] = "../evil"; }
  SECTION("capability") { json["capabilities"] = {"cap_everything"}; }
  SECTION("capability type") { json["capabilities"] = {3}; }
  SECTION("manifest") { json["manifest"] = "00"; }
  SECTION("primary") { json["primary"] = "-x.service"; }
  SECTION("primary type") { json["primary"] = 1; }
  SECTION("file path") { json["files"][0]["path"] = "/etc/passwd"; }
  SECTION("file digest") { json["files"][0]["sha256"] = "xyz"; }
  SECTION("file size") { json["files"][0]["size"] = -1; }
  SECTION("file mode text") { json["files"][0]["mode"] = "rwxr"; }
  SECTION("file mode number") { json["files"][0]["mode"] = 420; }
  SECTION("file mode length") { json["files"][0]["mode"] = "00000000000000000000644"; }
  SECTION("file group") { json["files"][0]["run_as_group"] = "yes"; }
  SECTION("file type") { json["files"][0] = "probe"; }
  SECTION("unit name") { json["units"][0]["name"] = "../x.service"; }
  SECTION("unit digest") { json["units"][0]["sha256"] = ""; }
  SECTION("unit links") { json["units"][0]["links"] = Json::object(); }
  SECTION("link path") { json["units"][0]["links"][0]["path"] = "../../x"; }
  SECTION("link path without a directory") { json["units"][0]["links"][0]["path"] = "x"; }
  SECTION("link target") { json["units"][0]["links"][0]["target"] = 1; }
  SECTION("link type") { json["units"][0]["links"][0] = "x"; }
  SECTION("unit type") { json["units"][0] = 1; }
  SECTION("health") { json["health"]["timeout_ms"] = -1; }
  SECTION("long health") { json["health"]["stable_for_ms"] = 18446744073709551615U; }
  CHECK(release_error(json) != "");
}

TEST_CASE("each field of a generation that is missing or malformed is an error that names it") {
  const Json good = to_json(sample_generation());
  for (const char* key : {"schema", "generation", "time", "verb", "plan", "summary", "addons", "known"}) {
    INFO(key);
    Json json = good;
    json.erase(key);
    CHECK_THAT(generation_error(json), Catch::StartsWith("\"" + std::string(key) + "\" is missing or not "));
    json[key] = -1;
    CHECK_THAT(generation_error(json), Catch::StartsWith("\"" + std::string(key) + "\" is missing or not "));
  }
}

TEST_CASE("drop-ins that no record can hold are errors") {
  Json json = to_json(sample_generation());
  SECTION("no object") { json["drop_ins"] = 5; }
  SECTION("unit") { json["drop_ins"]["../x.service"] = Json::object(); }
  SECTION("no object of a unit") { json["drop_ins"]["probe.service"] = "x"; }
  SECTION("digest") { json["drop_ins"]["probe.service"]["/etc/a.conf"] = "xyz"; }
  SECTION("no digest") { json["drop_ins"]["probe.service"]["/etc/a.conf"] = 7; }
  CHECK(generation_error(json) != "");
}

TEST_CASE("a generation of another schema, with an add-on twice, or with a bad digest is an error") {
  Json json = to_json(sample_generation());
  std::string expected;
  SECTION("schema") {
    json["schema"] = "addonctl.generation/v9";
    expected = "\"schema\" is \"addonctl.generation/v9\", this program reads \"addonctl.generation/v1\"";
  }
  SECTION("twice") {
    json["addons"].push_back(json["addons"][0]);
    expected = "\"addons\" has probe twice";
  }
  SECTION("identity too short") {
    json["known"][0].erase(0);
    expected = "\"known\" has an entry that is no file identity";
  }
  SECTION("identity of text") {
    json["known"][0][1] = "2";
    expected = "\"known\" has an entry that is no file identity";
  }
  SECTION("identity that is none") {
    json["known"][0] = 1;
    expected = "\"known\" has an entry that is no file identity";
  }
  CHECK(generation_error(json) == expected);
}
