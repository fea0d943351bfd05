#include <catch2/catch.hpp>

#include "cli/doctor/checks.hpp"

namespace addon::cli::doctor {

namespace {
constexpr std::uint64_t kMuch = std::uint64_t{1} << 40;

std::chrono::system_clock::time_point at(std::int64_t seconds) {
  return std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
}

Standing worst_of(const Checks& checks) {
  if (count(checks, Standing::problem) > 0) return Standing::problem;
  return count(checks, Standing::warning) > 0 ? Standing::warning : Standing::ok;
}
}  // namespace

TEST_CASE("what state systemd is in tells whether an apply would work") {
  CHECK(judge_manager({252, "running"}).standing == Standing::ok);
  // Units of others that have failed are in nobody's way.
  CHECK(judge_manager({252, "degraded"}).standing == Standing::ok);
  CHECK(judge_manager({252, "starting"}).standing == Standing::warning);
  CHECK(judge_manager({252, "initializing"}).standing == Standing::warning);
  CHECK(judge_manager({252, "maintenance"}).standing == Standing::problem);
  CHECK(judge_manager({252, "stopping"}).standing == Standing::problem);
  CHECK(judge_manager({247, "running"}).standing == Standing::warning);
  CHECK(judge_manager({247, "running"}).message ==
        "systemd 247 is older than 252, the oldest that addonctl is tested with");
  // One that does not say which it is, is not said to be old.
  CHECK(judge_manager({0, "running"}).standing == Standing::ok);
}

TEST_CASE("a clock that is before what it has recorded is a problem") {
  // 2026-01-01T00:00:00Z
  const auto now = at(1767225600);
  CHECK(worst_of(judge_clock({now, at(0), "", true})) == Standing::ok);
  CHECK(worst_of(judge_clock({now, now, "2026-01-01T00:00:00Z", true})) == Standing::ok);
  CHECK(worst_of(judge_clock({now, at(1767225601), "", true})) == Standing::problem);
  const Checks later = judge_clock({now, at(0), "2026-01-01T00:00:01Z", true});
  CHECK(worst_of(later) == Standing::problem);
  CHECK(later.front().message ==
        "it says 2026-01-01T00:00:00Z, but the last generation was made at 2026-01-01T00:00:01Z; grants that "
        "have "
        "expired would hold again");
  // That nobody keeps it is worth a word, and no more.
  CHECK(worst_of(judge_clock({now, at(0), "", false})) == Standing::ok);
  CHECK(judge_clock({now, at(0), "", false}).front().message !=
        judge_clock({now, at(0), "", true}).front().message);
}

TEST_CASE("only where add-ons are started does it matter that programs cannot") {
  const linux::Filesystem bare{.is_nosuid = true, .is_noexec = true, .free_bytes = kMuch};
  CHECK(count(judge_mount("/opt/addons", bare), Standing::problem) == 2);
  CHECK(judge_mount("/var/lib/addonctl", bare).empty());
  CHECK(count(judge_mount("/var/lib/addonctl", {.is_read_only = true}), Standing::problem) == 1);
}

TEST_CASE("room is told by bytes and by inodes") {
  CHECK(worst_of(judge_space("/x", {.free_bytes = kMuch, .free_inodes = 100000})) == Standing::ok);
  CHECK(worst_of(judge_space("/x", {.free_bytes = kMuch})) == Standing::ok);
  CHECK(worst_of(judge_space("/x", {.free_bytes = (std::uint64_t{64} << 20) - 1})) == Standing::warning);
  CHECK(worst_of(judge_space("/x", {.free_bytes = (std::uint64_t{1} << 20) - 1})) == Standing::problem);
  CHECK(worst_of(judge_space("/x", {.free_bytes = kMuch, .free_inodes = 999})) == Standing::warning);
  CHECK(worst_of(judge_space("/x", {.free_bytes = kMuch, .free_inodes = 31})) == Standing::problem);
  // Both may be short.
  CHECK(judge_space("/x", {.free_bytes = 0, .free_inodes = 0}).size() == 2);
}

TEST_CASE("advice at the end of a message becomes the fix") {
  const Check check = split_advice(problem("x", "it is so; run chmod go-w /a; run chown root /a", ""));
  CHECK(check.message == "it is so; run chmod go-w /a");
  CHECK(check.fix == "chown root /a");
  CHECK(split_advice(problem("x", "it is so; run y", "do z")).fix == "do z");
}

TEST_CASE("checks stand in columns, with the fix beneath") {
  const Checks checks = {ok("a", "well"), problem("longer", "bad\nline", "mend it"), unknown("b", "no idea")};
  CHECK(render(checks, Palette()) ==
        "ok         a       well\n"
        "problem    longer  bad?line\n"
        "                   fix: mend it\n"
        "not known  b       no idea\n");
  CHECK(conclusion(checks) == "Something stands in the way of an apply (1 problem, 1 not known).");
  CHECK(conclusion({ok("a", "well")}) == "Nothing stands in the way of an apply.");
  CHECK(conclusion({warning("a", "w", "f"), warning("a", "w", "f")}) ==
        "Nothing stands in the way of an apply (2 warnings).");
}

}  // namespace addon::cli::doctor
