// How far a long run is, for whoever waits.
#include <array>
#include <catch2/catch.hpp>

#include "executor/byte_meter.hpp"
#include "executor/metered_file.hpp"
#include "linux/directory.hpp"
#include "unit/executor/host.hpp"

using namespace addon;
using namespace addon::executor;
using namespace addon::executor::test;

namespace {
constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20;

class Heard final : public Progress {
 public:
  void doing(std::string_view what) override { lines.emplace_back(what); }
  Lines lines;
};
}  // namespace

TEST_CASE("how far it is is said at most once a second, and not in the first one") {
  addon::test::FakeClock clock;
  Heard heard;
  ByteMeter meter(heard, clock, "staging probe 1.0.0", 2048 * kMegabyte);
  // At 0, 0.25, … 1.75 s: the fifth time is after the first second.
  for (int i = 0; i < 8; ++i) {
    meter.add(kMegabyte);
    clock.sleep(std::chrono::milliseconds(250));
  }
  CHECK(heard.lines == Lines{"staging probe 1.0.0: 5.0 MiB of 2.0 GiB"});
  meter.add(kMegabyte);
  CHECK(heard.lines.size() == 2);
  CHECK(heard.lines.back() == "staging probe 1.0.0: 9.0 MiB of 2.0 GiB");
}

TEST_CASE("a metered file is the file, and says what was read of it") {
  NEEDS_ROOT();
  Host host;
  write_file(host / "file", std::string(1500, 'x'));
  const auto root = linux::open_root(host / "");
  REQUIRE(error_of(root) == "");
  const auto file = (*root)->open_file(RelativePath::of({"file"}));
  REQUIRE(error_of(file) == "");
  Heard heard;
  ByteMeter meter(heard, host.clock, "reading file", 1500);
  MeteredFile metered(**file, meter);
  host.clock.sleep(std::chrono::seconds(1));
  std::array<std::byte, 1024> buffer{};
  CHECK(metered.read(buffer).value() == 1024);
  CHECK(heard.lines == Lines{"reading file: 1.0 KiB of 1.5 KiB"});
  CHECK(metered.read(buffer).value() == 476);
  CHECK(metered.read(buffer).value() == 0);
  CHECK(metered.state().value().identity == (*file)->state().value().identity);
}

TEST_CASE("while a service is watched, the time that is left is said") {
  NEEDS_ROOT();
  Host host;
  // It has to be up for 2 s, and has 12 s for it.
  host.install("probe", probe_files());
  Lines waiting;
  for (const std::string& line : host.progress) {
    if (line.starts_with("waiting for probe.service to stay up")) waiting.push_back(line);
  }
  CHECK(waiting == Lines{"waiting for probe.service to stay up",
                         "waiting for probe.service to stay up: at most 11s left",
                         "waiting for probe.service to stay up: at most 10s left"});
}
