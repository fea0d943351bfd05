#include "linux/privileges.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>

#include "scratch.hpp"

namespace addon::linux::test {

namespace {

Capability named(const char* name) { return *Capability::from_name(name); }

}  // namespace

TEST_CASE("what was given up is gone from every set, and what was kept works") {
  NEEDS_ROOT();
  const Scratch scratch;
  scratch.write("mine", "");
  scratch.write("status", "");
  const std::string file = scratch / "mine";
  const std::string copy =
      "sed -n 's/^Cap\\(Inh\\|Prm\\|Eff\\|Bnd\\|Amb\\):[[:space:]]*//p' /proc/self/status >" +
      (scratch / "status");
  const int status = in_child([&] {
    if (!keep_only({named("cap_dac_override"), named("cap_setpcap")})) return 1;
    // Root without CAP_CHOWN gives nothing away.
    if (::chown(file.c_str(), 1, 1) == 0) return 2;
    if (::chmod(file.c_str(), 0) != 0 || ::open(file.c_str(), O_RDONLY | O_CLOEXEC) < 0) return 3;
    execl("/bin/sh", "sh", "-c", copy.c_str(), nullptr);
    return 4;
  });
  REQUIRE(status == 0);
  // 1 << 1 (CAP_DAC_OVERRIDE) and 1 << 8 (CAP_SETPCAP); what it executes as root gets what bounds it.
  const std::string set = "0000000000000102\n";
  CHECK(scratch.read("status") == "0000000000000000\n" + set + set + set + "0000000000000000\n");
}

}  // namespace addon::linux::test
