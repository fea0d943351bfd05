#include "linux/platform.hpp"

#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "linux/clock.hpp"
#include "unit/linux/scratch.hpp"

namespace addon::linux {
using namespace test;

TEST_CASE("the kernel's capabilities are those up to the last one it names") {
  const Scratch scratch;
  const auto root = scratch.open();
  unsigned last = 0;
  std::ifstream("/proc/sys/kernel/cap_last_cap") >> last;
  REQUIRE(last >= 38);
  const auto facts = read_platform(*root);
  REQUIRE(message(facts) == "");
  for (unsigned number = 0; number < Capability::count(); ++number) {
    CHECK(facts->known_capabilities.contains(Capability::from_number(number)) == (number <= last));
  }
}

TEST_CASE("nosuid is seen on /opt/addons or on the nearest directory above it that exists") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto nosuid = [&] { return read_platform(*scratch.open()).value().nosuid; };
  scratch.mkdir("opt");
  if (mount("tmpfs", (scratch / "opt").c_str(), "tmpfs", MS_NOSUID, "size=64k") != 0) {
    WARN("skipped: this machine lets nobody mount");
    return;
  }
  CHECK(nosuid());
  scratch.mkdir("opt/addons");
  CHECK(nosuid());
  CHECK(mount("tmpfs", (scratch / "opt/addons").c_str(), "tmpfs", 0, "size=64k") == 0);
  CHECK_FALSE(nosuid());
  CHECK(umount2((scratch / "opt/addons").c_str(), MNT_DETACH) == 0);
  CHECK(umount2((scratch / "opt").c_str(), MNT_DETACH) == 0);
}

TEST_CASE("whether a filesystem takes file capabilities is tried, and nothing of the trial stays") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto taken = [&] {
    return (*scratch.open()->open_directory(RelativePath::of({"disk"})))->takes_capabilities();
  };
  scratch.mkdir("disk");
  if (mount("ramfs", (scratch / "disk").c_str(), "ramfs", 0, nullptr) != 0) {
    WARN("skipped: this machine lets nobody mount");
    return;
  }
  CHECK(taken() == false);
  CHECK(umount2((scratch / "disk").c_str(), MNT_DETACH) == 0);
  CHECK(mount("tmpfs", (scratch / "disk").c_str(), "tmpfs", 0, "size=64k") == 0);
  CHECK(taken() == true);
  CHECK((*scratch.open()->open_directory(RelativePath::of({"disk"})))->list()->empty());
  CHECK(umount2((scratch / "disk").c_str(), MNT_DETACH) == 0);
}

TEST_CASE("the room on a filesystem is what can still be written to it") {
  NEEDS_ROOT();
  const Scratch scratch;
  const auto free = [&] {
    return (*scratch.open()->open_directory(RelativePath::of({"disk"})))->free_bytes();
  };
  scratch.mkdir("disk");
  if (mount("tmpfs", (scratch / "disk").c_str(), "tmpfs", 0, "size=64k") != 0) {
    WARN("skipped: this machine lets nobody mount");
    return;
  }
  CHECK(free() == 65536U);
  scratch.write("disk/file", std::string(8192, 'x'));
  CHECK(free() == 57344U);
  CHECK(umount2((scratch / "disk").c_str(), MNT_DETACH) == 0);
}

TEST_CASE("the monotonic clock runs as long as a sleep is") {
  SystemClock clock;
  const auto before = clock.monotonic();
  clock.sleep(std::chrono::milliseconds(20));
  CHECK(clock.monotonic() - before >= std::chrono::milliseconds(20));
}

}  // namespace addon::linux
