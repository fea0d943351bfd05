// What counts as well after a start, and what does not.
#include <fmt/format.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;
using addon::test::Behaviour;

namespace {
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// probe with a health check: a shell script, run as nobody of these tests.
Files checked(const std::string& script, const std::string& health = "timeout: 4s, stable_for: 1s") {
  Files files = probe_files();
  std::string& manifest = files.at("addon.yaml");
  const std::string old = "health: {timeout: 10s, stable_for: 2s}";
  manifest.replace(manifest.find(old), old.size(),
                   "health: {" + health + ", exec: [current/probe, --check]}");
  files.at("probe") = "#!/bin/sh\n" + script + "\n";
  return files;
}

int count_samples(Host& host) {
  int samples = 0;
  for (const std::string& call : host.units.inspected) samples += call == "probe.service" ? 1 : 0;
  return samples;
}
}  // namespace

TEST_CASE("three good samples in a row are needed, after it was up for long enough") {
  NEEDS_ROOT();
  Host host;
  host.units.inspected.clear();
  const auto begin = host.clock.monotonic();
  host.install("probe", probe_files());
  CHECK(host.clock.monotonic() - begin >= std::chrono::seconds(2) + 2 * std::chrono::milliseconds(50));
  CHECK(host.clock.monotonic() - begin < std::chrono::seconds(3));
  CHECK(count_samples(host) > 3);
}

TEST_CASE("a question that is not answered once or twice is no failure") {
  NEEDS_ROOT();
  Host host;
  int asked = 0;
  host.units.on_inspect = [&]() -> Result<> {
    // The last sample before success, and one in the middle.
    ++asked;
    if (asked == 5 || asked == 43) return tl::unexpected(Error("the bus hiccups"));
    return {};
  };
  host.install("probe", probe_files());
  CHECK(asked > 43);
}

TEST_CASE("a service manager that answers no more is a failure in the end") {
  NEEDS_ROOT();
  Host host;
  host.units.on_inspect = []() -> Result<> { return tl::unexpected(Error("the bus is gone")); };
  host.write_bundle("probe", probe_files());
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  CHECK(has(error_of(outcome), "what was seen last: the bus is gone"));
}

TEST_CASE("a slow loop of restarts never counts as well") {
  NEEDS_ROOT();
  Host host;
  host.units.behaviours["probe"] = Behaviour::crashes;
  host.write_bundle("probe", probe_files());
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
}

TEST_CASE("a notify service that is not ready is told so") {
  NEEDS_ROOT();
  Host host;
  Files files = probe_files();
  files.at("probe.service").insert(10, "Type=notify\n");
  host.units.behaviours["probe"] = Behaviour::never_comes;
  host.write_bundle("probe", files);
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  CHECK(has(error_of(outcome), "did not say that it is ready (READY=1)"));
}

TEST_CASE("what was failed before is judged by what happens after") {
  NEEDS_ROOT();
  Host host;
  host.units.behaviours["probe"] = Behaviour::dies;
  host.write_bundle("probe", probe_files());
  CHECK_FALSE(host.run(host.apply({"probe"})));
  host.units.behaviours.clear();
  host.install("probe", probe_files());
  // It fails by itself, and its next version is not blamed for that.
  host.units.fail("probe.service");
  host.install("probe", probe_files("1.1.0"));
  CHECK(host.units.running() == Lines{"probe.service: versions/1.1.0"});
}

TEST_CASE("a check that says yes, no, yes, yes, yes is well; it runs as the unit's user without any right") {
  NEEDS_ROOT();
  Host host("/tmp");
  std::filesystem::create_directory(host / "seen");
  std::filesystem::permissions(host / "seen", std::filesystem::perms::all);
  const std::string seen = host / "seen";
  host.install("probe",
               checked("echo x >>" + seen + "/runs; id -u >" + seen + "/uid; grep -E 'Cap|NoNew' " +
                       "/proc/self/status >" + seen + "/status; [ $(wc -l <" + seen + "/runs) != 2 ]"));
  CHECK(read_file(seen + "/runs") == "x\nx\nx\nx\nx\n");
  CHECK(read_file(seen + "/uid") == "990\n");
  const std::string status = read_file(seen + "/status");
  for (const char* line : {"CapInh:\t0000000000000000", "CapPrm:\t0000000000000000",
                           "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1"}) {
    INFO(status);
    CHECK(has(status, line));
  }
}

TEST_CASE("a check that always says no undoes everything and is quoted") {
  NEEDS_ROOT();
  Host host("/tmp");
  host.write_bundle("probe", checked("printf 'no\\033[31m route\\nsecond\\n' >&2; exit 3"));
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  CHECK(has(error_of(outcome), R"(probe of probe exited with status 3: no\x1b[31m route / second)"));
  CHECK(host.units.running() == Lines{});
  CHECK_FALSE(exists(host / "opt/addons"));
}

namespace {
/// Whether a process runs with this among its words, in whatever PID namespace.
bool runs_with(const std::string& word) {
  std::error_code gone;  // processes come and go
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    if (has(read_file(entry.path() / "cmdline"), word)) return true;
  }
  return false;
}
}  // namespace

TEST_CASE("a check that does not end is killed with all that it started") {
  NEEDS_ROOT();
  Host host("/tmp");
  std::filesystem::create_directory(host / "seen");
  std::filesystem::permissions(host / "seen", std::filesystem::perms::all);
  const std::string seen = host / "seen/started";
  const std::string mark = fmt::format("600.{}", getpid());
  host.write_bundle(
      "probe", checked("trap '' TERM; (trap '' TERM; exec sleep " + mark + ") & echo x >" + seen + "; wait",
                       "timeout: 2s, stable_for: 100ms"));
  const auto outcome = host.run(host.apply({"probe"}));
  CHECK(kind_of(outcome) == ErrorKind::rolled_back);
  CHECK(has(error_of(outcome), "probe of probe did not end in time"));
  CHECK(read_file(seen) == "x\n");
  CHECK_FALSE(runs_with(mark));
}
