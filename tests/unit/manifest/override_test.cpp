// What an administrator changes of a manifest on one host.
#include "manifest/override.hpp"

#include <chrono>

#include "texts.hpp"

using namespace addon;
using namespace addon::manifest;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {
LocalOverride local_of(std::string_view text) {
  ParsedOverride parsed = parse_override(text, "o.yaml");
  for (const Finding& finding : parsed.findings) UNSCOPED_INFO(finding.message);
  REQUIRE(parsed.local);
  return *std::move(parsed.local);
}

/// The manifest with these lines more, after the override.
Manifest patched(std::string_view manifest_lines, std::string_view override_text, Lines* found = nullptr) {
  Manifest manifest = manifest_of(manifest_and(manifest_lines));
  for (const Finding& finding : apply_override(local_of(override_text), manifest)) {
    if (found == nullptr) FAIL(finding.message);
    found->push_back(to_string(finding.at) + " " + std::string(finding.rule->id) + ": " + finding.message);
  }
  return manifest;
}

Lines override_faults(std::string_view text) {
  const ParsedOverride parsed = parse_override(text, "o.yaml");
  CHECK(parsed.local.has_value() != has_errors(parsed.findings));
  Lines lines;
  for (const Finding& finding : parsed.findings) {
    lines.push_back(to_string(finding.at) + " " + std::string(finding.rule->id) + ": " + finding.message +
                    (finding.fix.empty() ? "" : " | " + finding.fix));
  }
  return lines;
}

constexpr std::string_view kWhole =
    "resources: {cpu_max_percent: 20, memory_max_bytes: 1000, memory_high_bytes: 800, slice: a.slice}\n"
    "health: {timeout: 10s, stable_for: 2s}\n";
}  // namespace

TEST_CASE("an override that says nothing changes nothing") {
  const Manifest manifest = patched(kWhole, "{}");
  CHECK(manifest.health.timeout == 10s);
  CHECK(manifest.health.stable_for == 2s);
  CHECK(manifest.resources->memory_max_bytes == 1000);
  CHECK_FALSE(local_of("enabled: true").disabled_at);
}

TEST_CASE("an override replaces and appends arguments, and inherits those that it does not name") {
  const auto arguments = [](std::string_view text) {
    Manifest manifest = manifest_of(manifest_with("{binary: probe}", "{binary: probe, args: [-a, b]}"));
    REQUIRE(apply_override(local_of(text), manifest).empty());
    return manifest.args;
  };
  CHECK(arguments("health: {timeout: 1s}") == Lines{"-a", "b"});
  CHECK(arguments("exec: {args: [-c]}") == Lines{"-c"});
  CHECK(arguments("exec: {args: []}") == Lines{});
  CHECK(arguments("exec: {append_args: [-d]}") == Lines{"-a", "b", "-d"});
  CHECK(arguments("exec: {args: [-c], append_args: [-d]}") == Lines{"-c", "-d"});
}

TEST_CASE("an override patches only the fields that it names") {
  const Manifest manifest =
      patched(kWhole, "health: {stable_for: 3s}\nresources: {memory_max_bytes: 2000}\n");
  CHECK(manifest.health.timeout == 10s);
  CHECK(manifest.health.stable_for == 3s);
  CHECK(manifest.resources->cpu_max_percent == 20);
  CHECK(manifest.resources->memory_max_bytes == 2000);
  CHECK(manifest.resources->memory_high_bytes == 800);
  CHECK(manifest.resources->slice == "a.slice");
  CHECK(to_string(manifest.resources->slice_at) == "addon.yaml:11:89");
  // Where the manifest limits nothing, too.
  CHECK(patched("", "resources: {tasks_max: 3}").resources->tasks_max == 3);
}

TEST_CASE("what an override changes is said to stand in it") {
  const Manifest manifest = patched(kWhole, "requires:\n  run_as: other\nresources:\n  slice: b.slice\n");
  CHECK(manifest.run_as.value == "other");
  CHECK(to_string(manifest.run_as.at) == "o.yaml:2:11");
  CHECK(manifest.resources->slice == "b.slice");
  CHECK(to_string(manifest.resources->slice_at) == "o.yaml:4:10");
}

TEST_CASE("an override can disable, and says where") {
  const LocalOverride local = local_of("# out of order\nenabled: false\n");
  REQUIRE(local.disabled_at);
  CHECK(to_string(*local.disabled_at) == "o.yaml:2:10");
}

TEST_CASE("a malformed override is refused with what was meant") {
  CHECK(override_faults("enable: false") == Lines{"o.yaml:1:1 schema-unknown-key: unknown key \"enable\" in "
                                                  "the document; did you mean \"enabled\"? | "
                                                  "write \"enabled\""});
  CHECK(override_faults("enabled: maybe").size() == 1);
  CHECK(override_faults("requires: {os_capabilities: [CAP_NET_RAW]}").size() == 1);
  CHECK(override_faults("health: {exec: [a]}").size() == 1);
  CHECK(override_faults("exec: {args: [\"a\\nb\"]}").size() == 1);
  CHECK(override_faults("health: {timeout: soon}").size() == 1);
  CHECK(override_faults("- a").size() == 1);
  CHECK(override_faults("exec: {args: [a").size() == 1);
  // All at once.
  CHECK(override_faults("exec: {binary: a}\nresources: {tasks_max: 0, slice: \"a\\n.slice\"}").size() == 3);
}

TEST_CASE("limits that contradict the manifest's are refused") {
  Lines found;
  patched(kWhole, "resources: {memory_max_bytes: 700}", &found);
  CHECK(found ==
        Lines{"o.yaml:1:12 memory-high-above-max: with the manifest's limits memory_high_bytes would be 800, "
              "more than memory_max_bytes, which would be 700"});
  CHECK(override_faults("resources: {memory_max_bytes: 7, memory_high_bytes: 8}").size() == 1);
}
