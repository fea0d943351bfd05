#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "facts.hpp"
#include "plan/plan.hpp"
#include "service/caged_reader.hpp"
#include "service/wire_plan.hpp"

using namespace addon;
using namespace addon::service;
using namespace addon::service::test;
using addon::bundle::test::Fixture;

namespace {

std::string saved() {
  std::ifstream stream(std::string(ADDON_SOURCE_DIR) + "/tests/fuzz/corpus/plan/saved", std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Facts facts_of(const Result<plan::SavedPlan>& read) {
  if (read) {
    Facts lines = {read->digest, canonical(read->json), read->prune ? "prune" : ""};
    lines.insert(lines.end(), read->sources.begin(), read->sources.end());
    return lines;
  }
  Facts lines = facts(read.error().findings());
  lines.push_back(read.error().message() + std::to_string(static_cast<int>(read.error().kind())));
  return lines;
}

Result<plan::SavedPlan> read_caged(const std::string& text) {
  const Fixture fixture;
  fixture.write("plan", text);
  return CagedReader(terms()).read_plan(*open(fixture, "plan"), "plan.json");
}

}  // namespace

TEST_CASE("a saved plan is the same out of a cage") {
  NEEDS_ROOT();
  const auto own = plan::read_saved_plan(saved(), "plan.json");
  REQUIRE(own);
  const auto caged = read_caged(saved());
  REQUIRE(caged);
  CHECK(facts_of(caged) == facts_of(own));
}

TEST_CASE("a plan that is none is refused in the same words") {
  NEEDS_ROOT();
  const std::string good = saved();
  std::string edited = good;
  edited.replace(edited.find("\"prune\":false"), 13, "\"prune\":true ");
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{\"plan\":{}}"), edited,
        good.substr(0, good.size() / 2), good + good, std::string((std::size_t{64} << 20) + 1, ' ')}) {
    const auto own = plan::read_saved_plan(text, "plan.json");
    REQUIRE_FALSE(own);
    CHECK(facts_of(read_caged(text)) == facts_of(own));
  }
}

TEST_CASE("a plan that a process only says it has read is looked at again") {
  const Json good = plan::read_saved_plan(saved(), "plan.json").value().json;
  CHECK(plan::saved_plan_of(good));
  const auto is_refused = [&](const std::function<void(Json&)>& change) {
    Json json = good;
    change(json);
    // As one who lies would do.
    if (json.is_object()) {
      json.erase("digest");
      json["digest"] = digest_of(json).str();
    }
    const auto read = plan::saved_plan_of(json);
    return !read && read.error().findings().empty() && read.error().kind() == ErrorKind::invalid;
  };
  CHECK(is_refused([](Json& json) { json = nullptr; }));
  CHECK(is_refused([](Json& json) { json = Json::array(); }));
  for (const char* key : {"inputs", "steps", "summary", "schema", "plan_version", "generation"})
    CHECK(is_refused([&](Json& json) { json.erase(key); }));
  CHECK(is_refused([](Json& json) { json["inputs"].erase("addons"); }));
  CHECK(is_refused([](Json& json) { json["inputs"]["addons"][0].erase("id"); }));
  CHECK(is_refused([](Json& json) { json["inputs"]["addons"][0]["files"] = 1; }));
  CHECK(is_refused([](Json& json) { json["inputs"]["addons"][0].erase("source"); }));
  CHECK(is_refused([](Json& json) { json["steps"] = {1}; }));
  Json other = good;
  other["generation"] = 7;
  CHECK_FALSE(plan::saved_plan_of(other));
}
