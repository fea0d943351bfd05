// A plan's digest: the same for the same inputs, another when any of them changes.
#include <catch2/catch.hpp>
#include <functional>

#include "unit/plan/sample.hpp"

using namespace addon;
using namespace addon::plan;
using namespace addon::plan::test;

namespace {
struct Inputs {
  Files files = probe_files("1.1.0");
  bundle::Bundle installed = make_bundle(probe_files("1.0.0"));
  host::HostState host;
  std::uint64_t generation = 7;
  std::string policy = "policy";
  bool prune = false;
  std::string verb = "apply";

  Inputs() : host(empty_host({})) { install(host, installed); }

  Plan plan() const {
    Wish wish = apply({make_bundle(files)});
    wish.prune = prune;
    wish.verb = verb;
    Generation last = generation_of({installed});
    last.number = generation;
    return compile(wish, last, host, Digest::of(policy)).plan;
  }
  host::AddonState& addon() { return host.addons.at(id("probe")); }
  host::InstalledFile& file() { return addon().inspected.at(version("1.0.0")).files.at(1); }
  host::UnitState& service() { return host.units.at(unit_name("probe.service")); }
};
}  // namespace

TEST_CASE("the same inputs give the same bytes") {
  CHECK(canonical(to_json(Inputs().plan())) == canonical(to_json(Inputs().plan())));
  CHECK(digest_of(Inputs().plan()) == digest_of(Inputs().plan()));
}

TEST_CASE("the digest in a plan's JSON is that of the rest of it") {
  Json json = to_json(Inputs().plan());
  const auto stated = json.at("digest").get<std::string>();
  json.erase("digest");
  CHECK(Digest::of(json.dump()).str() == stated);
}

TEST_CASE("each input changes the digest") {
  const std::vector<std::pair<const char*, std::function<void(Inputs&)>>> changes{
      {"policy", [](Inputs& in) { in.policy = "another"; }},
      {"generation", [](Inputs& in) { in.generation = 8; }},
      {"prune", [](Inputs& in) { in.prune = true; }},
      {"verb", [](Inputs& in) { in.verb = "rollback"; }},
      {"a file's bytes", [](Inputs& in) { in.files.at("probe.conf") = "threads=2\n"; }},
      {"a file more", [](Inputs& in) { in.files["more"] = ""; }},
      {"the manifest", [](Inputs& in) { in.files.at("addon.yaml") += "x-note: 1\n"; }},
      {"the unit", [](Inputs& in) { in.files.at("probe.service").insert(10, "Nice=5\n"); }},
      {"current", [](Inputs& in) { in.addon().current_target = "versions/0.1.0"; }},
      {"another version", [](Inputs& in) { in.addon().versions.push_back(version("9.0.0")); }},
      {"tampering", [](Inputs& in) { in.addon().tampered = {"x"}; }},
      {"installed bytes", [](Inputs& in) { in.file().sha256 = Digest::of("x"); }},
      {"installed mode", [](Inputs& in) { in.file().state.mode = 0700; }},
      {"installed owner", [](Inputs& in) { in.file().state.uid = 1; }},
      {"installed group", [](Inputs& in) { in.file().state.gid = 1; }},
      {"installed links", [](Inputs& in) { in.file().state.links = 2; }},
      {"installed capabilities", [](Inputs& in) { in.file().capabilities = caps({"cap_bpf"}); }},
      {"a stranger", [](Inputs& in) { in.addon().inspected.at(version("1.0.0")).strangers = {"fifo"}; }},
      {"unit bytes", [](Inputs& in) { in.service().sha256 = Digest::of("x"); }},
      {"unit mode", [](Inputs& in) { in.service().file->mode = 0600; }},
      {"no unit", [](Inputs& in) { in.service().file.reset(); }},
      {"unit elsewhere", [](Inputs& in) { in.service().elsewhere = {"/run/x"}; }},
      {"another name of a unit", [](Inputs& in) { in.service().aliases = {"x.service"}; }},
      {"drop-in of a unit",
       [](Inputs& in) {
         in.service().drop_ins = {{"/run/x.conf", ""}};
       }},
      {"program of the host", [](Inputs& in) { in.host.programs["/bin/x"].writable = {"x"}; }},
      {"filesystem", [](Inputs& in) { in.host.platform.file_capabilities = false; }},
      {"no link", [](Inputs& in) { in.service().links.clear(); }},
      {"stopped", [](Inputs& in) { in.service().status->active_state = "inactive"; }},
      {"user",
       [](Inputs& in) {
         in.host.users["probe"] = host::Account{990, 5};
       }},
      {"no user", [](Inputs& in) { in.host.users["probe"].reset(); }},
      {"nosuid", [](Inputs& in) { in.host.platform.nosuid = true; }},
      {"not live", [](Inputs& in) { in.host.live = false; }},
  };
  const Digest plain = digest_of(Inputs().plan());
  for (const auto& [what, change] : changes) {
    Inputs inputs;
    change(inputs);
    INFO(what);
    CHECK(digest_of(inputs.plan()) != plain);
  }
}

TEST_CASE("what changes by itself does not change the digest") {
  const Digest plain = digest_of(Inputs().plan());
  Inputs inputs;
  inputs.file().state.identity = {1, 2, 3, 4, 5};
  inputs.service().status->main_pid = 4711;
  inputs.service().status->restarts = 2;
  CHECK(digest_of(inputs.plan()) == plain);
}

TEST_CASE("a timer's service that happens to run does not make a plan stale") {
  const auto old = make_bundle(scan_files("1.0.0"));
  const auto fresh = make_bundle(scan_files("1.1.0"));
  host::HostState host = empty_host({});
  install(host, old);
  const Digest plain = digest_of(plan_for(apply({fresh}), generation_of({old}), host).plan);
  host.units.at(unit_name("scan.service")).status->active_state = "active";
  CHECK(digest_of(plan_for(apply({fresh}), generation_of({old}), host).plan) == plain);
}
